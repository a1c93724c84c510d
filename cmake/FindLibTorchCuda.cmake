# LibTorch's part for NVIDIA GPUs, from the same wheel, and the CUDA toolkit that compiles our kernels:
# -DLATCAST_NVCC=.../bin/nvcc, else the one in PATH or /usr/local/cuda. (CMake's own CUDA language asks
# older versions of CMake for architectures that newer toolkits no longer have.)
#
# Defines the target LibTorch::cuda and latcast_cuda_object(OUT_VARIABLE file.cu), which compiles for
# every architecture that the toolkit knows. Programs run without a GPU, and say that there is none.

set(LATCAST_NVCC "" CACHE FILEPATH "CUDA compiler")
if(LATCAST_NVCC)
  set(_nvcc ${LATCAST_NVCC})
else()
  find_program(_nvcc nvcc PATHS /usr/local/cuda/bin)
endif()
set(_cuda_runtime)
if(_nvcc AND LibTorch_FOUND)
  get_filename_component(_toolkit ${_nvcc} REALPATH)
  get_filename_component(_toolkit ${_toolkit}/../.. ABSOLUTE)
  # The wheels of CUDA lie beside that of LibTorch, which loads its run-time from there.
  file(GLOB _cuda_runtime ${LibTorch_DIR}/../nvidia/cu*/lib/libcudart.so.*)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorchCuda REQUIRED_VARS _nvcc _toolkit _cuda_runtime)

if(LibTorchCuda_FOUND AND NOT TARGET LibTorch::cuda)
  get_filename_component(_runtime_folder ${_cuda_runtime} DIRECTORY)
  add_library(LibTorch::cuda INTERFACE IMPORTED)
  set_target_properties(LibTorch::cuda PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${_toolkit}/include"
    INTERFACE_LINK_LIBRARIES
      "LibTorch::torch;${LibTorch_DIR}/lib/libtorch_cuda.so;${LibTorch_DIR}/lib/libc10_cuda.so;${_cuda_runtime}"
    INTERFACE_LINK_OPTIONS "-Wl,-rpath,${_runtime_folder}")
endif()

function(latcast_cuda_object out source)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${source}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${_nvcc} -O2 -std=c++17 -arch=all-major -Xcompiler=-fPIC -Xcompiler=-Wall
            -I${PROJECT_SOURCE_DIR} -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
            -MD -MF ${object}.d
    DEPENDS ${source} DEPFILE ${object}.d COMMENT "nvcc ${source}" VERBATIM)
  set(${out} ${object} PARENT_SCOPE)
endfunction()
