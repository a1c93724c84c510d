# latcast_library(), latcast_program(), latcast_test(): one declaration a room, so that the list of
# targets is the architecture. Every declaration is recorded in link_graph.txt, which
# tests/unit/architecture_test.py holds against the arrows of the house.

find_package(Threads REQUIRED)

add_library(latcast_warnings INTERFACE)
target_compile_options(latcast_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False positives inside the standard library (GCC bug 105651 and its kin): with a precompiled
  # header GCC 12 no longer sees that they lie in system headers.
  target_compile_options(latcast_warnings INTERFACE -Wno-restrict -Wno-array-bounds
                         -Wno-stringop-overflow -Wno-stringop-overread)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

if(LATCAST_SANITIZE)
  add_compile_options(-fsanitize=${LATCAST_SANITIZE} -fno-omit-frame-pointer -g
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${LATCAST_SANITIZE})
endif()

function(_latcast_record target kind)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  list(JOIN ARGN " " deps)
  set_property(GLOBAL APPEND PROPERTY LATCAST_LINK_GRAPH "${kind} ${target} ${folder}: ${deps}")
endfunction()

# What nearly every file includes, compiled once. Users of one precompiled header need the same
# flags, so -pthread, which Debian's gRPC brings, is everybody's.
add_compile_options(-pthread)
function(_latcast_precompile target)
  if(NOT TARGET latcast_pch)
    file(WRITE ${PROJECT_BINARY_DIR}/pch/empty.cc "")
    add_library(latcast_pch STATIC ${PROJECT_BINARY_DIR}/pch/empty.cc)
    target_link_libraries(latcast_pch PRIVATE absl::statusor absl::strings absl::str_format
                          absl::flat_hash_map absl::span latcast_warnings)
    target_precompile_headers(latcast_pch PRIVATE
      <algorithm> <cstdint> <functional> <map> <memory> <optional> <string> <string_view> <variant>
      <vector> <absl/container/flat_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
      <absl/strings/str_format.h> <absl/strings/str_join.h> <absl/types/span.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM latcast_pch)
endfunction()

# latcast_library(NAME SRCS a.cc ... HDRS a.h ... DEPS latcast_x absl::y ... [NO_PCH])
# A library without sources is an interface library. NO_PCH: for those with a header or flags of
# their own.
function(latcast_library name)
  cmake_parse_arguments(A "NO_PCH" "" "SRCS;HDRS;DEPS" ${ARGN})
  if(A_SRCS)
    add_library(${name} STATIC ${A_SRCS} ${A_HDRS})
    if(NOT A_NO_PCH)
      _latcast_precompile(${name})
    endif()
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${A_DEPS} PRIVATE latcast_warnings)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${A_DEPS})
  endif()
  _latcast_record(${name} library ${A_DEPS})
endfunction()

# latcast_program(NAME OUTPUT file-name SRCS main.cc DEPS ... [NO_PCH])
function(latcast_program name)
  cmake_parse_arguments(A "NO_PCH" "OUTPUT" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${A_SRCS})
  if(NOT A_NO_PCH)
    _latcast_precompile(${name})
  endif()
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${A_DEPS} latcast_warnings)
  if(A_OUTPUT)
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${A_OUTPUT})
  endif()
  _latcast_record(${name} program ${A_DEPS})
endfunction()

# Tests are compiled once and run once: what optimising their own files takes is never won back.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(LATCAST_TEST_OPTIONS -O0)
endif()

# latcast_test(NAME SRCS a_test.cc ... DEPS ... [LABELS ...]): one GoogleTest program, run with the
# source folder as working directory. All tests share one precompiled header.
function(latcast_test name)
  cmake_parse_arguments(A "" "" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT TARGET latcast_test_pch)
    file(WRITE ${PROJECT_BINARY_DIR}/pch/empty.cc "")
    add_library(latcast_test_pch STATIC ${PROJECT_BINARY_DIR}/pch/empty.cc)
    target_include_directories(latcast_test_pch PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(latcast_test_pch PUBLIC GTest::gmock_main Threads::Threads
                          absl::statusor absl::strings)
    target_compile_options(latcast_test_pch PRIVATE ${LATCAST_TEST_OPTIONS})
    target_precompile_headers(latcast_test_pch PRIVATE <gmock/gmock.h> <gtest/gtest.h> <string>
                              <vector> <map> ${PROJECT_SOURCE_DIR}/base/status_matchers.h)
  endif()
  add_executable(${name} ${A_SRCS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${A_DEPS} latcast_test_pch GTest::gmock_main)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wshadow -Wno-restrict -Werror
                         ${LATCAST_TEST_OPTIONS})
  target_precompile_headers(${name} REUSE_FROM latcast_test_pch)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABELS}" TIMEOUT 300
                       ENVIRONMENT "LATCAST_BIN=${PROJECT_BINARY_DIR}/bin")
  _latcast_record(${name} test ${A_DEPS})
endfunction()

function(latcast_write_link_graph file)
  get_property(lines GLOBAL PROPERTY LATCAST_LINK_GRAPH)
  list(JOIN lines "\n" text)
  file(WRITE ${file} "${text}\n")
endfunction()
