# latcast_python_with(RESULT module...): sets RESULT to the Python of the project, LATCAST_PYTHON or
# .venv, if it has all those modules, and to nothing if it lacks one.
function(latcast_python_with result)
  if(LATCAST_PYTHON)
    set(python ${LATCAST_PYTHON})
  else()
    set(python ${PROJECT_SOURCE_DIR}/.venv/bin/python)
  endif()
  list(JOIN ARGN "', '" modules)
  execute_process(
    COMMAND ${python} -c "from importlib.util import find_spec as f; \
assert all(map(f, ['${modules}']))"
    RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(failed)
    message(STATUS "${python} lacks one of ${ARGN}: no tests with them")
    set(python "")
  endif()
  set(${result} "${python}" PARENT_SCOPE)
endfunction()
