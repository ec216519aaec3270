// harness/suite/model.hpp - suites, targets and catalogues as read and checked.
//
// Plain data with the place each part came from. Made by the readers
// (suite_reader.hpp, target_reader.hpp, catalogue_reader.hpp), used by linter,
// engine and claims. Format: docs/reference/suite-format.md. A `node` is the
// part of the file that something was read from; it lives as long as the tree
// of its suite or target and is null in what was not read from a file. What has
// a mistake of shape is kept with `is_whole` false and what of it could be read,
// so that the linter can find the other mistakes; it is never run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/value.hpp>
#include <bb/core/yaml.hpp>
#include <bb/host/secrets.hpp>
#include <bb/host/stream_permit.hpp>
#include "harness/evidence/outcome.hpp"
#include "harness/suite/waivers.hpp"

namespace bb::suite {

using evidence::Level;

struct Requirement {
  std::string id;
  std::string level_text = "SHALL";  // as written, also "SHALL NOT"
  Level level = Level::shall;
  std::string text;
  std::string at;
  std::string source;
  std::string status = "in-force";  // in-force | historic | proposed | house
  std::string applies;              // condition on the holder, as text
  std::string from, until;          // dates, inclusive and exclusive; empty = open
  std::string check = "test";       // test | attest | none
  std::string how;                  // how it is checked, in words
  std::string edition;              // the edition of the rules, or the programme, that asks for it
  // What proves it where no test cites it: rows that must all hold, or what else judges it ("bluebridge check",
  // "tests/...").
  std::vector<std::string> rests_on;
  std::string judged_by;
  std::string untested;  // why no test verifies it; empty = one does
  bool is_whole = true;
  Place place;
  const YamlNode* node = nullptr;

  bool is_judged_by_own_tests() const { return judged_by.starts_with("tests/"); }
};

struct Catalogue {
  std::filesystem::path file;
  std::string title;
  std::vector<Requirement> requirements;                  // document order
  std::vector<std::pair<std::string, std::string>> spec;  // short name to URL, used by `at`
  std::vector<std::shared_ptr<const YamlNode>> trees;
  const Requirement* find(const std::string& id) const;
};

// What part of a message to look at: {json: $.a}, {xpath: ...}, body ...
struct Selector {
  // result status header media_type filename json xpath mime body item session receipts items; of a fault also text
  std::string kind;
  Value argument;  // the expression, null when the kind needs none
  Place place;
  const YamlNode* node = nullptr;
};

enum class Matcher { is, not_, in, matches, contains, min, max, count, exists };
std::string_view to_word(Matcher matcher);

// `same` by this: the copies are the same XML, whatever they state.
inline constexpr std::string_view same_by_xml = "xml";

struct Claim {
  std::string subject;          // result status header media_type json xpath mime body value time
  Value argument;               // right of the subject, references not resolved
  std::vector<std::string> of;  // "$test.saved"; empty = this step's message; several: `json` alone
  std::string by;               // `same`: "facts/identity", "xml"; `valid`: a requirement; empty: all
  std::vector<std::pair<Matcher, Value>> matchers;  // all must hold; none = "is there / is true"
  std::vector<std::string> verifies;
  std::optional<Level> level;
  bool counts = true;  // false: it speaks only for rows that decide nothing, and its test has others; set by the plan
  std::string hint;
  std::string text;  // on one line, for reports: "json $.events[*].action contains download"
  bool is_whole = true;
  Place place;
  const YamlNode* node = nullptr;
};

struct Save {
  std::string name;
  Selector selector;
  bool is_phi = false;
  const YamlNode* node = nullptr;
};

struct Retry {
  int times = 0;  // further attempts
  std::int64_t every_ms = 1000;
  enum class Only { transport, busy } only = Only::transport;
};

enum class Action { do_, check, attest, wait };

struct Step {
  std::string id;  // unique in its test
  Action action = Action::do_;
  std::string role;                    // do, wait
  std::string verb;                    // do: "download"; wait: "message"
  Value as;                            // text or a reference to a person; null = the one signed in by the nearest need
  Value with = Value::object();        // arguments, references not resolved
  std::string question;                // attest
  std::string tell;                    // wait
  std::string evidence_kind = "none";  // attest: none | note | file | screenshot
  std::vector<Claim> require;
  std::vector<Claim> expect;  // for check: its claims
  std::vector<Save> save;
  std::optional<Retry> retry;
  std::optional<std::int64_t> timeout_ms;
  std::optional<std::int64_t> within_ms;  // wait
  bool is_whole = true;                   // with its claims
  Place place;
  const YamlNode* node = nullptr;
};

// Whether it claims how its call ended; a step that does not expects `result: ok`.
bool states_result(const Step& step);

// A fault that the claims of a test must notice.
struct Fault {
  enum class Kind { drop, set, dup, swap, delay, defect };
  Kind kind = Kind::drop;
  std::vector<std::string> in;    // "step", "test.step", "test[instance].step"; empty for defect
  Selector selector;              // drop, set, dup
  Value to;                       // set: new value
  std::vector<std::string> swap;  // inputs whose person is swapped for another
  std::int64_t delay_ms = 0;
  std::string defect;  // a switch of the sample portal
  Place place;
  const YamlNode* node = nullptr;
};

// `when`: option values and supported capabilities; all must hold.
struct When {
  std::vector<std::pair<std::string, std::vector<Value>>> options;  // option: one of these values
  std::vector<std::string> supports;  // "portal.activity", "portal.probe.read-other-patient"
  Place place;
  const YamlNode* node = nullptr;
};

struct Test {
  std::string path;                 // "group.test": how needs and $references address it
  std::vector<std::string> groups;  // paths of the groups around it, outermost first
  std::string title, about, hint;
  std::vector<std::string> tags, verifies, locks;  // with those of its groups
  // Full paths of tests and groups, with those of its groups; a name that
  // nothing answers to stays as written.
  std::vector<std::pair<std::string, Place>> needs;
  std::vector<When> when;                           // with those of its groups
  std::vector<std::pair<std::string, Value>> each;  // key to list of values, or to a reference ("$target.people")
  std::optional<std::int64_t> timeout_ms;
  std::vector<Step> steps;
  std::vector<Step> cleanup;
  std::vector<Fault> catches;
  bool is_whole = true;             // with its steps and faults
  bool has_unknown_keys = false;    // itself or a group around it: one of them may be what is missing
  bool are_needs_known = true;      // false: some cannot be read
  bool are_instances_known = true;  // false: `each` cannot be read
  Place place;
  const YamlNode* node = nullptr;
};

struct Input {
  std::string name, type = "text", title, about;  // text url secret file number flag choice person mailbox
  Value default_value;
  std::vector<Value> choices;
  bool is_optional = false;
  bool is_phi = false;
  bool is_whole = true;
  Place place;
  const YamlNode* node = nullptr;
};

struct Option {
  std::string name, title;
  std::vector<Value> choices;
  Value default_value;
  std::string profile_fact;  // of a target's profile, which chooses where it is one of the choices; empty: none
  bool is_whole = true;
  Place place;
  const YamlNode* node = nullptr;
};

struct Role {
  std::string name, title;
  std::vector<std::string> needs, wants;  // "session", "view" ...
  bool is_optional = false;
  bool is_whole = true;
  Place place;
  const YamlNode* node = nullptr;
};

struct Suite {
  std::shared_ptr<const Source> source;
  std::filesystem::path file;
  std::string id, version, title, about;
  std::vector<std::pair<std::string, std::string>> spec;
  Catalogue catalogue;
  std::vector<Input> inputs;
  std::vector<Option> options;
  std::vector<Role> roles;
  std::optional<std::int64_t> default_timeout_ms;
  std::optional<Retry> default_retry;
  std::vector<Test> tests;  // leaves, document order
  bool is_whole = true;
  // "requirements", "inputs", "options", "roles", "tests": what of these could
  // not be read, in whole or in part.
  std::set<std::string, std::less<>> unread;
  std::shared_ptr<const YamlNode> tree;

  const Test* find_test(const std::string& path) const;
  const Role* find_role(const std::string& name) const;
  const Input* find_input(const std::string& name) const;
  const Option* find_option(const std::string& name) const;
};

// A person who can sign in at the system under test.
struct Person {
  std::string id;
  std::string account;
  std::map<std::string, host::SecretOrigin> secrets;  // password, client_secret ...
  Value facts = Value::object();                      // every other member: family_name, birth_date, facts: [...]
  bool is_whole = true;                               // nothing of it is a mistake
  Place place;
  const YamlNode* node = nullptr;
};

struct RoleBinding {
  std::string role;
  std::string connector;  // a type id
  Value config = Value::object();
  std::map<std::string, host::SecretOrigin> secrets;
  std::filesystem::path ca_file;
  std::string method;        // how people sign in here who do not say themselves; empty: by what secrets they have
  std::string redirect_uri;  // of sign-ins by user_redirect; empty: any
  bool is_cleartext_allowed = false;
  bool is_network_allowed = false;                 // sockets of its own, besides the host's HTTP, and any stream
  std::vector<host::StreamPermit> stream_permits;  // these streams alone
  std::optional<int> max_in_flight;                // calls at once; none: as many as there are sessions
  double requests_per_second = 0;                  // at most; 0: no limit
  bool is_whole = true;                            // nothing of it is a mistake
  Place place;
  const YamlNode* node = nullptr;
};

struct Target {
  std::shared_ptr<const Source> source;
  std::filesystem::path file;
  std::string id, title, version;
  std::string environment = "test";  // or production
  std::string clock = "real";        // or virtual
  Value profile = Value::object();   // holder, setting, content ...
  std::vector<RoleBinding> roles;
  std::vector<Person> people;  // `patients:` in the file
  Value options = Value::object();
  Value inputs = Value::object();
  Waivers waivers;
  // "roles", "patients", "options", "inputs", "profile": what of these could not
  // be read.
  std::set<std::string, std::less<>> unread;
  std::shared_ptr<const YamlNode> tree;

  const Person* find_person(const std::string& id) const;
  const RoleBinding* find_role(const std::string& name) const;
};

}  // namespace bb::suite
