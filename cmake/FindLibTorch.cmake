# LibTorch from the Python wheel: the same wheel serves C++ and Python, and programs linked to
# libtorch_cpu.so run on machines without a GPU. (The wheel's own package file asks for a CUDA
# toolkit or fails on it, depending on the version found.)
#
# Looks in -DLATCAST_TORCH_DIR=.../site-packages/torch, else asks the interpreter
# -DLATCAST_PYTHON=... (default: .venv/bin/python of the source tree, then python3) where the
# package lies. Defines the target LibTorch::torch and LibTorch_FOUND.

set(LATCAST_PYTHON "" CACHE FILEPATH "Python that has torch installed")
set(LATCAST_TORCH_DIR "" CACHE PATH "Folder of the torch package")

set(_torch_dir ${LATCAST_TORCH_DIR})
if(NOT _torch_dir)
  foreach(python ${LATCAST_PYTHON} ${PROJECT_SOURCE_DIR}/.venv/bin/python python3)
    execute_process(
      COMMAND ${python} -c
        "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
      OUTPUT_VARIABLE _torch_dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE _rc)
    if(_rc EQUAL 0 AND _torch_dir)
      break()
    endif()
    set(_torch_dir "")
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
if(_torch_dir AND EXISTS ${_torch_dir}/lib/libtorch_cpu.so)
  set(LibTorch_DIR ${_torch_dir})
endif()
find_package_handle_standard_args(LibTorch REQUIRED_VARS LibTorch_DIR)

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch)
  add_library(LibTorch::torch INTERFACE IMPORTED)
  set_target_properties(LibTorch::torch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES
      "${LibTorch_DIR}/include;${LibTorch_DIR}/include/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES "${LibTorch_DIR}/lib/libtorch_cpu.so;${LibTorch_DIR}/lib/libc10.so"
    INTERFACE_LINK_OPTIONS
      "-Wl,--allow-shlib-undefined;-Wl,-rpath,${LibTorch_DIR}/lib;-Wl,--no-as-needed")
endif()
