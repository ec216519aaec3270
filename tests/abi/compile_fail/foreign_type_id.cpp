// A type id that is not below the library id.
// expected: each type id is the library id, or begins with it and a dot
#include <bb/sdk/plugin.hpp>

class Portal final : public bb::Connector, public bb::View {
 public:
  explicit Portal(const bb::Context&) {}
  void list(bb::Call&, const bb_query&, bb::Items&) override {}
  void read(bb::Call&, std::string_view, bb::Content&) override {}
};

#ifdef BB_MISTAKE
BB_PLUGINS("com.example", "1.0.0", bb::type<Portal>("com.examples.portal", "Portal", "Example, Inc.", "1.0.0"))
#else
BB_PLUGINS("com.example", "1.0.0", bb::type<Portal>("com.example.portal", "Portal", "Example, Inc.", "1.0.0"))
#endif
