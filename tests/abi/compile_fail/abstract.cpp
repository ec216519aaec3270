// A view that lists but does not read.
// expected: for bb::View that is list() and read()
#include <bb/sdk/plugin.hpp>

class Portal : public bb::Connector, public bb::View {
 public:
  explicit Portal(const bb::Context&) {}
  void list(bb::Call&, const bb_query&, bb::Items&) override {}
#ifndef BB_MISTAKE
  void read(bb::Call&, std::string_view, bb::Content&) override {}
#endif
};

BB_PLUGIN(Portal, "com.example.portal", "Portal", "Example, Inc.", "1.0.0")
