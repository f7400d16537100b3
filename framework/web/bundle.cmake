# Bundles the pages with what npm installs: RAVINE_WEB_ASSETS, in RAVINE_WEB_DIR. Included where they are compiled in.

set(web_source ${CMAKE_SOURCE_DIR}/framework/web)
set(RAVINE_WEB_DIR ${CMAKE_BINARY_DIR}/web)
set(installed ${web_source}/node_modules/.package-lock.json)
add_custom_command(
  OUTPUT ${installed}
  COMMAND ${NPM_PROGRAM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E touch ${installed}
  DEPENDS ${web_source}/package.json ${web_source}/package-lock.json ${web_source}/.npmrc
  WORKING_DIRECTORY ${web_source}
  COMMENT "Installing what the pages are bundled with" VERBATIM)

file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web_source}/src/*.ts ${web_source}/src/*.css)
set(RAVINE_WEB_ASSETS)
foreach(name IN ITEMS plots.js report.js explore.js style.css)
  list(APPEND RAVINE_WEB_ASSETS ${RAVINE_WEB_DIR}/${name})
endforeach()
add_custom_command(
  OUTPUT ${RAVINE_WEB_ASSETS}
  COMMAND ${NODE_PROGRAM} build.mjs ${RAVINE_WEB_DIR}
  DEPENDS ${installed} ${web_source}/build.mjs ${web_source}/tsconfig.json ${web_sources}
  WORKING_DIRECTORY ${web_source}
  COMMENT "Bundling the pages" VERBATIM)
