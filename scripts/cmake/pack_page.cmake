# cmake -D VEGA_DIR= -D VEGA_LICENSE= -D PAGES= -D OUT= -P pack_page.cmake
# Writes OUT/vega.js and OUT/page_assets.cpp (see lib/report/page_assets.h).

# What a page's charts use of Vega, each after what it needs. The geographic, text-cloud and
# force-layout modules stay out: they are a third of it.
set(modules util time format loader expression event-selector canvas scale dataflow statistics
  scenegraph selection functions runtime parser view encode transforms view-transforms interpreter)

file(READ "${VEGA_LICENSE}" license)
string(REPLACE "*/" "* /" license "${license}")
file(WRITE "${OUT}/vega.js" "/*! Modules of Vega, https://vega.github.io/vega/ - its licence:\n${license}*/\nconst vegaModules = {};\n")
foreach(module IN LISTS modules)
  set(source "${VEGA_DIR}/vega-${module}.min.js")
  if(NOT EXISTS "${source}")
    message(FATAL_ERROR "${source} is missing: is libjs-vega complete?")
  endif()
  file(READ "${source}" code)
  string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" code "${code}")
  set(name "vega-${module}")
  if(module STREQUAL "selection")
    set(name "vega-selections")  # the file and the module differ by one letter
  endif()
  # Each file is a UMD module: it is given the CommonJS names that it looks for.
  file(APPEND "${OUT}/vega.js" "((exports, module, require) => {\n${code}\n})(vegaModules['${name}'] = {}, {}, (name) => vegaModules[name]);\n")
endforeach()

# The Content-Security-Policy source of a script: its SHA-256 in base64, from the hexadecimal form.
function(csp_hash file variable)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  file(SHA256 "${file}" hex)
  set(base64 "")
  foreach(position RANGE 0 62 3)  # three hexadecimal digits are two of base64
    string(SUBSTRING "${hex}" ${position} 3 digits)
    math(EXPR high "0x${digits} >> 6")
    math(EXPR low "0x${digits} & 63")
    string(SUBSTRING "${alphabet}" ${high} 1 first)
    string(SUBSTRING "${alphabet}" ${low} 1 second)
    string(APPEND base64 "${first}${second}")
  endforeach()
  string(SUBSTRING "${hex}" 63 1 digit)
  math(EXPR last "0x${digit} << 2")
  string(SUBSTRING "${alphabet}" ${last} 1 first)
  set(${variable} "sha256-${base64}${first}=" PARENT_SCOPE)
endfunction()

foreach(script IN ITEMS "${OUT}/vega.js" "${PAGES}/page.js")
  file(READ "${script}" code)
  string(TOLOWER "${code}" code)
  if(code MATCHES "</script|<!--|\r")
    message(FATAL_ERROR "${script} holds text that would end the script element it is put into")
  endif()
endforeach()
csp_hash("${OUT}/vega.js" VEGA_HASH)
csp_hash("${PAGES}/page.js" SCRIPT_HASH)
configure_file("${PAGES}/page_assets.cpp.in" "${OUT}/page_assets.cpp" @ONLY)
