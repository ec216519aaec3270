// tests/support/big_suite.hpp - a suite of many tests, made up, for measuring.
#pragma once

#include <string>

namespace bb::test {

// The text of a suite that lints clean: `test_count` tests that view, with
// claims and a fault, chained to the first by `needs`.
inline std::string big_suite(int test_count) {
  std::string text =
      "format: bluebridge-suite/1\n"
      "suite: big\n"
      "version: \"1.0.0\"\n"
      "title: A big suite\n"
      "inputs:\n"
      "  patient: {type: person, title: Test patient, default: alice}\n"
      "  from: {type: text, default: \"2024-01-01\"}\n"
      "roles:\n"
      "  portal: {needs: [session, view], title: The portal}\n"
      "requirements:\n";
  for (int i = 0; i < test_count; ++i)
    text += "  REQ-" + std::to_string(i) + ": {level: SHALL, text: The portal shows page " + std::to_string(i) + ".}\n";
  text +=
      "tests:\n"
      "  sign_in:\n"
      "    title: The patient signs in\n"
      "    steps:\n"
      "      - do: portal.sign_in\n"
      "        as: $patient\n"
      "        expect: [result: ok]\n";
  for (int i = 0; i < test_count; ++i) {
    const std::string number = std::to_string(i);
    text += "  test_" + number + ":\n";
    text += "    title: The patient views page " + number + "\n";
    text += "    needs: " + (i % 10 == 0 ? std::string("sign_in") : "test_" + std::to_string(i - 1)) + "\n";
    text += "    verifies: REQ-" + number + "\n";
    text +=
        "    steps:\n"
        "      - do: portal.view\n"
        "        with: {kind: summary, from: $from}\n"
        "        expect:\n"
        "          - media_type: text/html\n"
        "          - body: text\n"
        "            contains: $patient.family_name\n"
        "    catches:\n"
        "      - {in: view, swap: patient}\n";
  }
  return text;
}

}  // namespace bb::test
