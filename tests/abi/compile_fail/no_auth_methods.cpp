// A session that does not say how one signs in.
// expected: a connector with bb::Session says how one signs in
#include <bb/sdk/plugin.hpp>

class Portal final : public bb::Connector, public bb::Session {
 public:
#ifndef BB_MISTAKE
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_PASSWORD});
#endif
  explicit Portal(const bb::Context&) {}
  bb::SignIn open(bb::Call&, const bb_auth_request&) override { return bb::SessionInfo{}; }
  bb::SessionInfo describe(bb::Call&) override { return {}; }
  void close(bb::Call&) override {}
};

BB_PLUGIN(Portal, "com.example.portal", "Portal", "Example, Inc.", "1.0.0")
