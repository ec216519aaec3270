// bluebridge-pki: makes a PKI for tests in a folder.
#include <ctime>

#include "pki/options.hpp"
#include "programs/serving.hpp"

namespace {

constexpr const char* program = "bluebridge-pki";

}  // namespace

int main(int count, char** arguments) {
  auto line = bb::pki::read_command_line(count, arguments);
  if (!line) return bb::programs::fail(program, line.error().what);
  if (!line->text.empty()) return bb::programs::print(line->text);
  line->pki.now = static_cast<std::int64_t>(std::time(nullptr));
  const auto made = bb::pki::make_test_pki(line->pki);
  return made ? 0 : bb::programs::fail(program, made.error().what);
}
