// A connector that cannot be made from its context.
// expected: explicit X(const bb::Context& context)
#include <bb/sdk/plugin.hpp>

class Portal final : public bb::Connector, public bb::View {
 public:
#ifdef BB_MISTAKE
  explicit Portal(int) {}
#else
  explicit Portal(const bb::Context&) {}
#endif
  void list(bb::Call&, const bb_query&, bb::Items&) override {}
  void read(bb::Call&, std::string_view, bb::Content&) override {}
};

BB_PLUGIN(Portal, "com.example.portal", "Portal", "Example, Inc.", "1.0.0")
