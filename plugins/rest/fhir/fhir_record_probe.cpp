// The probe fhir-record of org.bluebridge.rest.fhir: all that the session can see of the patient's record. The
// searches that make up a record, with the Provenance of each resource, then what those resources refer to, and so
// on. It never judges: a search or reference that leads nowhere is told with its status.
#include <algorithm>
#include <deque>
#include <set>

#include <bb/core/json.hpp>

#include "fhir/fhir_server.hpp"
#include "fhir/search_query.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "fhir-record";
constexpr std::size_t reads_max = 5'000;
constexpr std::size_t record_bytes_max = 64ull * 1024 * 1024;

struct Reference {
  std::string target;  // "Practitioner/1"
  std::string from;    // "Encounter/1"
};

// Calls `visit` with the member `reference` of each object in the tree.
template <class Visit>
void visit_references(const Value& value, const Visit& visit) {
  if (const auto* items = value.items())
    for (const auto& item : *items) visit_references(item, visit);
  if (const auto* members = value.members())
    for (const auto& member : *members) {
      if (member.key == "reference" && member.value.is_string()) visit(member.value.string_or(""));
      visit_references(member.value, visit);
    }
}

// What was found so far, each resource once.
class Gathered {
 public:
  explicit Gathered(std::string base_url) : base_url_(std::move(base_url)) {}

  // `text` is the entry as it is written, `resource` what stands in it.
  void add(std::string_view text, const Value& resource) {
    const auto name = resource["resourceType"].string_or("") + "/" + resource["id"].string_or("");
    if (!held_.insert(name).second) return;
    if (text_.size() + text.size() > record_bytes_max)
      throw Failure{BB_E_TOO_LARGE,
                    "fhir-record: the record is larger than " + std::to_string(record_bytes_max) + " bytes"};
    text_ += text_.empty() ? "" : ",\n";
    text_ += text;
    visit_references(resource, [&](std::string target) {
      // Contained, logical, and those of other servers are not this server's to resolve.
      if (target.starts_with(base_url_ + "/")) target.erase(0, base_url_.size() + 1);
      if (is_resource_path(target) && asked_.insert(target).second) waiting_.push_back({std::move(target), name});
    });
  }

  bool holds(const std::string& name) const { return held_.contains(name); }
  const std::string& entries() const { return text_; }
  std::deque<Reference>& waiting() { return waiting_; }

 private:
  std::string base_url_, text_;
  std::set<std::string, std::less<>> held_, asked_;
  std::deque<Reference> waiting_;
};

void add_entries(Gathered& gathered, const Bundle& page) {
  for (const auto& entry : page.entries) {
    if (entry.search_mode == "outcome") continue;
    if (const auto parsed = parse_json(entry.text)) gathered.add(entry.text, (*parsed)["resource"]);
  }
}

}  // namespace

HttpResponse FhirServer::get(Call& call, const std::string& url, const FormFields& query) {
  const auto session = entered();
  FhirRequest request{.url = url, .query = query, .has_token = session && session->token};
  return send(call, request, session, doing);
}

std::int64_t FhirServer::gather_search(Call& call, const RecordSearch& search, const AddPage& add) {
  auto fields = search.fields;
  fields.emplace_back("_revinclude", "Provenance:target");
  auto response = get(call, search.type, fields);
  if (response.status == 400) response = get(call, search.type, search.fields);
  std::set<std::string, std::less<>> visited;
  for (std::int64_t pages = 1; response.status == 200; ++pages) {
    call.check();
    const auto page = read_bundle(response.body);
    if (!page) throw plugins::not_this_api(doing, page.error().what);
    add(*page);
    if (page->next.empty()) break;
    const auto next = line_.absolute(page->next, doing);
    if (pages == pages_max_ || !visited.insert(next).second)
      throw plugins::not_this_api(doing, "the search for " + search.type + " has too many pages, or a circle of them");
    response = get(call, next, {});
  }
  return response.status;
}

void FhirServer::probe_record(Call& call, Content& out) {
  // A server that is open needs nobody to sign in; the configuration says whose record.
  std::string patient;
  {
    const std::scoped_lock lock(state_mutex_);
    if (!open_) patient = patient_;
  }
  if (patient.empty()) patient = patient_or_own({}, doing);
  Gathered gathered(line_.base_url());
  auto searches = Value::array(), references = Value::array();
  for (const auto& search : searches_of(bb_query{}, searches_for(patient))) {
    const auto status = gather_search(call, search, [&](const Bundle& page) { add_entries(gathered, page); });
    searches.push(Value::object({{"search", search.type + "?" + write_form(search.fields)}, {"status", status}}));
  }
  for (std::size_t reads = 0; !gathered.waiting().empty();) {
    call.check();
    const auto reference = std::move(gathered.waiting().front());
    gathered.waiting().pop_front();
    std::int64_t status = 200;
    if (!gathered.holds(reference.target)) {
      if (++reads > reads_max)
        throw Failure{BB_E_TOO_LARGE, "fhir-record: more than " + std::to_string(reads_max) + " references"};
      const auto response = get(call, reference.target, {});
      status = response.status;
      const auto resource = parse_json(response.body);
      if (status == 200 && resource && resource->is_object())
        gathered.add(R"({"resource": )" + response.body + "}", *resource);
    }
    references.push(Value::object({{"reference", reference.target}, {"from", reference.from}, {"status", status}}));
  }
  const auto body = R"({"entry": [)" + gathered.entries() + "],\n\"searches\": " + to_json(searches) +
                    ",\n\"references\": " + to_json(references) + "}\n";
  out.head({.id = doing, .kind = "probe", .media_type = "application/json", .size = body.size()});
  out.write(body);
}

}  // namespace bb::rest
