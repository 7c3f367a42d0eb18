# Finds the Emscripten on PATH (Debian's package or an emsdk) and loads the toolchain file that comes with it.
find_program(ANYSLICE_EMCONFIG em-config)
if(NOT ANYSLICE_EMCONFIG)
  message(FATAL_ERROR "Emscripten was not found: install it (Debian and Ubuntu: apt-get install emscripten; "
                      "elsewhere: https://emscripten.org/docs/getting_started/downloads.html) and put em++ on PATH.")
endif()
execute_process(COMMAND ${ANYSLICE_EMCONFIG} EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten_root
                OUTPUT_STRIP_TRAILING_WHITESPACE)
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)

# Node 18 and later have fetch(), which Emscripten 3.1's loader would use on a local file and fail.
find_program(ANYSLICE_NODE NAMES node nodejs REQUIRED)
execute_process(COMMAND ${ANYSLICE_NODE} --version OUTPUT_VARIABLE node_version)
if(node_version MATCHES "^v(18|19|20|21)\\.")
  set(CMAKE_CROSSCOMPILING_EMULATOR "${ANYSLICE_NODE};--no-experimental-fetch" CACHE STRING "" FORCE)
else()
  set(CMAKE_CROSSCOMPILING_EMULATOR "${ANYSLICE_NODE}" CACHE STRING "" FORCE)
endif()

# Emscripten 3.1.27 renamed the setting for the stack, whose default then fell from 5 MB to 64 KB.
if(EMSCRIPTEN_VERSION VERSION_GREATER_EQUAL 3.1.27)
  set(ANYSLICE_STACK_OPTION -sSTACK_SIZE=1048576)
else()
  set(ANYSLICE_STACK_OPTION -sTOTAL_STACK=1048576)
endif()
