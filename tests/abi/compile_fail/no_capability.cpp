// A connector that can do nothing.
// expected: a connector has at least one capability
#include <bb/sdk/plugin.hpp>

#ifdef BB_MISTAKE
class Portal final : public bb::Connector {
 public:
  explicit Portal(const bb::Context&) {}
};
#else
class Portal final : public bb::Connector, public bb::View {
 public:
  explicit Portal(const bb::Context&) {}
  void list(bb::Call&, const bb_query&, bb::Items&) override {}
  void read(bb::Call&, std::string_view, bb::Content&) override {}
};
#endif

BB_PLUGIN(Portal, "com.example.portal", "Portal", "Example, Inc.", "1.0.0")
