#include "bench/bench_files.hpp"

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <cstdlib>

namespace bb::bench {

std::string list_suite(int count, int people) {
  std::string out =
      "format: bluebridge-suite/1\nsuite: bench.list\nversion: \"1.0.0\"\ntitle: Bench\n"
      "roles:\n  portal: {needs: [session, view]}\n"
      "tests:\n";
  for (int i = 0; i < people; ++i) {
    const auto n = std::to_string(i);
    out += "  sign_in_" + n + ":\n    title: Person " + n +
           " signs in\n    steps:\n      - do: portal.sign_in\n        as: p" + n + "\n        expect: [result: ok]\n";
  }
  for (int i = 0; i < count; ++i) {
    const auto person = std::to_string(i % people);
    out += "  list_" + std::to_string(i) + ":\n    title: Listing number " + std::to_string(i) +
           " gives items\n    needs: sign_in_" + person + "\n    steps:\n      - do: portal.list\n        as: p" +
           person + "\n        with: {kind: summary}\n        expect: [result: ok]\n";
  }
  return out;
}

std::string usual_suite(int count) {
  std::string out =
      "format: bluebridge-suite/1\nsuite: bench.usual\nversion: \"1.0.0\"\ntitle: Bench\n"
      "requirements:\n  BENCH-01: {level: SHALL, text: The portal shows the record.}\n"
      "inputs:\n  patient: {type: person, title: Test patient, default: p0, phi: true}\n"
      "roles:\n  portal: {needs: [session, view, download]}\n"
      "tests:\n  sign_in:\n    title: The patient signs in\n    steps:\n      - do: portal.sign_in\n"
      "        as: $patient\n        expect: [result: ok]\n";
  for (int i = 1; i < count; ++i) {
    const auto n = std::to_string(i);
    out +=
        "\n  view_" + n + ":\n    title: The patient views the record for the time number " + n +
        "\n    needs: sign_in\n    verifies: BENCH-01\n    steps:\n      - do: portal.view\n"
        "        with: {kind: summary}\n        expect:\n          - result: ok\n"
        "          - media_type: text/html\n          - body: text\n            contains: $patient.family_name\n"
        "            hint: The page must name the patient.\n          - time: total\n            max: 5s\n"
        "            level: SHOULD\n        save: {page: body}\n    catches:\n      - {in: view, drop: {body: text}}\n";
  }
  return out;
}

std::string target(const std::string& connector, const Value& config, const std::string& ca_file, int people) {
  auto role = Value::object({{"connector", connector}, {"config", config}});
  if (!ca_file.empty()) role.set("ca_file", ca_file);
  auto persons = Value::object();
  for (int i = 0; i < people; ++i) {
    const auto id = "p" + std::to_string(i);
    const auto secrets = Value::object({{"password", Value::object({{"env", "BB_BENCH_PASSWORD_" + id}})}});
    persons.set(id, Value::object({{"account", id}, {"secrets", secrets}, {"family_name", "Bench"}, {"record", id}}));
  }
  return to_json(Value::object({{"format", "bluebridge-target/1"},
                                {"target", "bench"},
                                {"title", "Bench"},
                                {"version", "1"},
                                {"environment", "test"},
                                {"roles", Value::object({{"portal", role}})},
                                {"patients", persons}}));
}

std::filesystem::path write(const std::filesystem::path& folder, const std::string& name, const std::string& text) {
  const auto file = folder / name;
  if (!write_text(file, text)) std::abort();
  return file;
}

}  // namespace bb::bench
