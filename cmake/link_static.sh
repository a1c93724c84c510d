#!/bin/sh
# Runs a link command with Abseil, Protobuf and zlib taken from their archives, which lie beside the
# shared libraries: for programs that are carried to machines without these.
#
# usage: link_static.sh COMPILER ARGUMENT...
archives=
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  case $argument in
    */libabsl_*.so* | */libprotobuf.so* | */libz.so*)
      archive=${argument%%.so*}.a
      if [ -f "$archive" ]; then
        archives="$archives $archive"
        continue
      fi
      ;;
  esac
  set -- "$@" "$argument"
done
# The archives need each other. shellcheck: the paths are the system's, without spaces.
exec "$@" -Wl,--start-group $archives -Wl,--end-group
