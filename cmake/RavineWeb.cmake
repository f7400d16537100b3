# Whether the pages of `ravine report` and `ravine explore` can be built: RAVINE_HAS_WEB, 0 or 1.

option(RAVINE_WEB "Build the pages of ravine report and ravine explore (needs npm)" ON)
set(RAVINE_HAS_WEB 0)
if(RAVINE_WEB)
  find_program(NPM_PROGRAM npm)
  find_program(NODE_PROGRAM node)
  if(NPM_PROGRAM AND NODE_PROGRAM)
    set(RAVINE_HAS_WEB 1)
  else()
    message(STATUS "npm was not found: ravine report and ravine explore will only say so, all else is built")
  endif()
endif()
