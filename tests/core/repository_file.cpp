// Reads files of the repository for the tests. The only file that knows where the repository is: the others compile to
// the same objects wherever it lies.
#include <fstream>
#include <iterator>

#include "support.hpp"

namespace anyslice::testing {

std::string repository_file(const std::string& path) {
  std::ifstream file(std::string(ANYSLICE_TEST_ROOT) + "/" + path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace anyslice::testing
