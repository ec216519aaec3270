// A library id that is no reverse DNS.
// expected: the library id is reverse DNS
#include <bb/sdk/plugin.hpp>

class Portal final : public bb::Connector, public bb::View {
 public:
  explicit Portal(const bb::Context&) {}
  void list(bb::Call&, const bb_query&, bb::Items&) override {}
  void read(bb::Call&, std::string_view, bb::Content&) override {}
};

#ifdef BB_MISTAKE
BB_PLUGIN(Portal, "Portal", "Portal", "Example, Inc.", "1.0.0")
#else
BB_PLUGIN(Portal, "com.example.portal", "Portal", "Example, Inc.", "1.0.0")
#endif
