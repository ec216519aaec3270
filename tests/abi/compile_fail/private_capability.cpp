// A capability that is inherited privately would be invisible to the host.
// expected: inherit each capability publicly
#include <bb/sdk/plugin.hpp>

#ifdef BB_MISTAKE
class Portal final : public bb::Connector, bb::View {
#else
class Portal final : public bb::Connector, public bb::View {
#endif
 public:
  explicit Portal(const bb::Context&) {}
  void list(bb::Call&, const bb_query&, bb::Items&) override {}
  void read(bb::Call&, std::string_view, bb::Content&) override {}
};

BB_PLUGIN(Portal, "com.example.portal", "Portal", "Example, Inc.", "1.0.0")
