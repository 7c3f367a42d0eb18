# Makes ANYSLICE_HOST_HEADERS, a directory of links to the header-only dependencies installed on the host.
set(ANYSLICE_HOST_HEADERS ${PROJECT_BINARY_DIR}/host-headers)
file(MAKE_DIRECTORY ${ANYSLICE_HOST_HEADERS})
function(anyslice_link_host_header name probe)
  find_path(ANYSLICE_${name}_PARENT ${name}/${probe} PATHS /usr/include /usr/local/include /opt/homebrew/include
            PATH_SUFFIXES eigen3 doctest NO_CMAKE_FIND_ROOT_PATH NO_DEFAULT_PATH REQUIRED)
  file(CREATE_LINK ${ANYSLICE_${name}_PARENT}/${name} ${ANYSLICE_HOST_HEADERS}/${name} SYMBOLIC)
endfunction()
anyslice_link_host_header(boost math/special_functions/gamma.hpp)
anyslice_link_host_header(nlohmann json.hpp)
anyslice_link_host_header(Random123 philox.h)
anyslice_link_host_header(doctest doctest.h)
anyslice_link_host_header(Eigen Core)
