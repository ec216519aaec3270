// tests/abi/kit_test.cpp holds the table against docs/abi/rules.md and the headers.
#include <bb/core/abi_rules.hpp>

#include <algorithm>

namespace bb {

const std::vector<AbiRule>& abi_rules() {
  static const std::vector<AbiRule> all{
      {"BB-R001", "docs/abi/rules.md", 0, ""},
      {"BB-R002", "docs/abi/rules.md", 0, ""},
      {"BB-R003", "bb/abi/plugin.h", 3, "A library exports exactly one symbol"},
      {"BB-R004", "docs/abi/rules.md", 0, ""},
      {"BB-R005", "bb/abi/plugin.h", 109, "The one export. Pure"},
      {"BB-R006", "bb/abi/plugin.h", 109, "The one export. Pure"},
      {"BB-R007", "bb/abi/plugin.h", 84, "under 100 ms"},
      {"BB-R008", "docs/abi/rules.md", 0, ""},
      {"BB-R009", "bb/abi/plugin.h", 43, "instance's get_interface is what counts; this list lets a host plan"},
      {"BB-R010", "bb/abi/plugin.h", 109, "The one export. Pure"},
      {"BB-R011", "bb/abi/base.h", 70, "Every struct that crosses the boundary starts with"},
      {"BB-R012", "bb/abi/plugin.h", 77, "oldest host that can run it"},
      {"BB-R013", "bb/abi/plugin.h", 90, "Enumerate from 0 until NULL"},
      {"BB-R014", "bb/abi/plugin.h", 45, "the documented subset"},
      {"BB-R015", "bb/abi/plugin.h", 83, "may nest or repeat"},
      {"BB-R016", "bb/abi/host_services.h", 4, "absent (get_interface gives NULL)"},
      {"BB-R017", "bb/abi/plugin.h", 37, "reverse DNS, \"com.example.portal\"; never reused"},
      {"BB-R018", "bb/abi/plugin.h", 63, "is named, see bb_host_secret"},
      {"BB-R019", "bb/abi/plugin.h", 94, "create does no network"},
      {"BB-R020", "bb/abi/plugin.h", 95, "destroy joins every thread"},
      {"BB-R021", "bb/abi/plugin.h", 105, "have it. Same answer until destroy"},
      {"BB-R022", "bb/abi/plugin.h", 104, "NULL when this instance does not"},
      {"BB-R023", "bb/abi/base.h", 195, "A non-OK return means"},
      {"BB-R024", "bb/abi/base.h", 12, "A pointer passed into a function is borrowed"},
      {"BB-R025", "bb/abi/ext/content.h", 48, "The message that answers a call: head() exactly once"},
      {"BB-R026", "bb/abi/base.h", 11, "both mean \"empty\""},
      {"BB-R027", "bb/abi/base.h", 10, "Text is UTF-8"},
      {"BB-R028", "bb/abi/base.h", 111, "side can add values"},
      {"BB-R029", "bb/abi/base.h", 112, "are made by the host alone"},
      {"BB-R030", "bb/abi/base.h", 184, "Attach details to the status about to be returned"},
      {"BB-R031", "bb/abi/base.h", 161, "one sentence, no secrets, no patient data"},
      {"BB-R032", "bb/abi/base.h", 123, "bb_call::deadline_ns passed"},
      {"BB-R033", "bb/abi/base.h", 180, "Non-zero once the host wants the operation to end"},
      {"BB-R034", "bb/abi/base.h", 169, "One running operation"},
      {"BB-R035", "bb/abi/ext/content.h", 51, "Attributes of the connector have a dot in their name"},
      {"BB-R036", "bb/abi/base.h", 205, "Where content comes from (an outgoing document). read() fills at most"},
      {"BB-R037", "bb/abi/ext/content.h", 14, "A pointer to content at the remote"},
      {"BB-R038", "bb/abi/ext/content.h", 43, "Cursor that continues the listing"},
      {"BB-R039", "bb/abi/ext/content.h", 14, "`id` is stable across sessions"},
      {"BB-R040", "bb/abi/ext/download.h", 16, "of the registry"},
      {"BB-R041", "bb/abi/ext/share.h", 19, "same key, same request: never asked for twice"},
      {"BB-R042", "bb/abi/ext/share.h", 31, "At least one receipt per destination"},
      {"BB-R043", "bb/abi/ext/inbox.h", 37, "Idempotent; may cause a notification"},
      {"BB-R044", "bb/abi/ext/inbox.h", 31, "bytes, nothing re-serialised"},
      {"BB-R045", "bb/abi/ext/inbox.h", 42, "same tag gives the same address until destroy"},
      {"BB-R046", "bb/abi/ext/activity.h", 12, "Kind and media type of an event. Its schema, in full"},
      {"BB-R047", "bb/abi/ext/probe.h", 36, "What this connector implements. No session and no network"},
      {"BB-R048", "bb/abi/ext/session.h", 79, "method outside `methods` is BB_E_UNSUPPORTED"},
      {"BB-R049", "bb/abi/ext/session.h", 87, "BB_E_UNAUTHENTICATED when nobody is signed in"},
      {"BB-R050", "bb/abi/ext/session.h", 5, "once per expiry, however many calls wait"},
      {"BB-R051", "bb/abi/host_services.h", 117, "The only network a sandboxed"},
      {"BB-R052", "bb/abi/host_services.h", 29, "Plugins take time from here only"},
      {"BB-R053", "bb/abi/host_services.h", 117, "The only network a sandboxed"},
      {"BB-R054", "bb/abi/host_services.h", 57, "Nonces, boundaries, message ids"},
      {"BB-R055", "bb/abi/base.h", 71, "written by the side that fills the struct"},
      {"BB-R056", "bb/abi/base.h", 42, "is running, on the thread that runs it"},
      {"BB-R057", "bb/abi/plugin.h", 52, "functions may overlap"},
      {"BB-R058", "bb/abi/plugin.h", 55, "One instance serves one role and one person"},
      {"BB-R059", "bb/abi/base.h", 16, "Neither side ever frees memory"},
      {"BB-R060", "bb/abi/host_services.h", 157, "before the call's deadline is BB_E_DEADLINE"},
      {"BB-R061", "docs/abi/rules.md", 0, ""},
      {"BB-R062", "bb/abi/base.h", 17, "No C++ exception, longjmp"},
      {"BB-R063", "bb/abi/plugin.h", 82, "deinit undoes it"},
      {"BB-R064", "bb/abi/base.h", 71, "written by the side that fills the struct"},
      {"BB-R065", "docs/abi/rules.md", 0, ""},
      {"BB-R066", "bb/abi/plugin.h", 42, "Interfaces an instance of this type may offer"},
      {"BB-R067", "bb/abi/base.h", 71, "A reader uses a field only when"},
      {"BB-R068", "docs/abi/rules.md", 0, ""},
      {"BB-R069", "docs/abi/rules.md", 0, ""},
      {"BB-R070", "bb/abi/base.h", 10, "Text is UTF-8"},
      {"BB-R071", "bb/abi/ext/trust.h", 50, "says why, if it has expired or is not valid yet"},
      {"BB-R072", "bb/abi/host_stream.h", 72, "The stream belongs to the instance and lives until close or destroy"},
      {"BB-R073", "bb/abi/host_stream.h", 79, "Waits for bytes and gives what is there"},
      {"BB-R074", "bb/abi/host_stream.h", 92, "an attacker put them there"},
      {"BB-R075", "bb/abi/host_stream.h", 83, "Where the stream's `wait_ms_max` ends first"},
  };
  return all;
}

const AbiRule* find_abi_rule(std::string_view id) {
  const auto& all = abi_rules();
  const auto found = std::find_if(all.begin(), all.end(), [&](const AbiRule& rule) { return rule.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string place_of(const AbiRule& rule) {
  std::string place(rule.header);
  return rule.line == 0 ? place : place + ':' + std::to_string(rule.line);
}

}  // namespace bb
