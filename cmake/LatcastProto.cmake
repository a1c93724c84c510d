# latcast_proto_library(NAME PROTOS a.proto ... [GRPC] [ROOT folder] DEPS ...): C++ from ROOT, which
# is proto/ unless given: messages or, with GRPC, the service stubs of messages generated elsewhere.
# Generated code is compiled without our warnings and included as a system header.

function(latcast_proto_library name)
  cmake_parse_arguments(A "GRPC" "ROOT" "PROTOS;DEPS" ${ARGN})
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(root ${PROJECT_SOURCE_DIR}/proto)
  if(A_ROOT)
    set(root ${A_ROOT})
  endif()
  set(sources)
  foreach(proto ${A_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    if(A_GRPC)
      set(files ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      set(flags --grpc_out=${out} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    else()
      set(files ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
      set(flags --cpp_out=${out})
    endif()
    add_custom_command(OUTPUT ${files}
      COMMAND protobuf::protoc -I${root} ${flags} ${root}/${proto}
      DEPENDS ${root}/${proto} COMMENT "protoc ${proto}" VERBATIM)
    list(APPEND sources ${files})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC ${A_DEPS})
  _latcast_record(${name} library ${A_DEPS})
endfunction()
