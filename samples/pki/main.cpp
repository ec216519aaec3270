// bluebridge-pki: makes a PKI for tests in a folder.
#include <cstdio>
#include <ctime>

#include <bb/core/printable.hpp>

#include "pki/options.hpp"

namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "bluebridge-pki: error: %s\n", bb::printable(why).c_str());
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  auto line = bb::pki::read_command_line(count, arguments);
  if (!line) return fail(line.error().what);
  if (!line->text.empty()) return std::fputs(line->text.c_str(), stdout) >= 0 ? 0 : 2;
  line->pki.now = static_cast<std::int64_t>(std::time(nullptr));
  const auto made = bb::pki::make_test_pki(line->pki);
  return made ? 0 : fail(made.error().what);
}
