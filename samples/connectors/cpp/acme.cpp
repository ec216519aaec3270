#include <bb/sdk/connector.hpp>
#include <map>

namespace {

// A portal that keeps its records in a map: the shortest useful connector.
class AcmePortal final : public bb::Connector, public bb::View {
 public:
  static constexpr const char* config_schema =
      R"({"type": "object", "additionalProperties": false,
          "properties": {"facility": {"type": "string", "default": "Acme General"}}})";

  explicit AcmePortal(const bb::Context& context) : facility_(context.config("/facility")) {}

  void list(bb::Call& call, const bb_query&, bb::Items& out) override {
    for (const auto& [id, text] : records_) {
      call.check();
      out.emit(id, "fhir:Observation", facility_);
    }
  }

  void read(bb::Call&, std::string_view id, bb::Content& out) override {
    const auto found = records_.find(id);
    if (found == records_.end()) throw bb::Failure{BB_E_NOT_FOUND, "no record '" + std::string(id) + "'"};
    out.head(id, "fhir:Observation", "application/fhir+json");
    out.write(found->second);
  }

 private:
  std::string facility_;
  std::map<std::string, std::string, std::less<>> records_{{"1", R"({"resourceType":"Observation","id":"1"})"},
                                                           {"2", R"({"resourceType":"Observation","id":"2"})"}};
};

}  // namespace

BB_PLUGIN(AcmePortal, "com.example.acme", "Acme Portal", "Example, Inc.", "1.0.0")
