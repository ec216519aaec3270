// The session of org.bluebridge.attended.portal.
#include "attended_portal.hpp"

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::attended {
namespace {

constexpr std::size_t hint_bytes_max = 400;

Value config_of(const Context& context) {
  auto config = parse_json(context.config_json("").value_or("{}"));
  return config ? *std::move(config) : Value::object();
}

std::vector<std::string> formats_of(const Value& config) {
  auto formats = strings_of(config["formats"]);
  if (formats.empty()) formats = {"blue-button-text", "ccda-2.1", "fhir-bundle", "pdf"};
  return formats;
}

}  // namespace

AttendedPortal::AttendedPortal(const Context& context)
    : asking_(context.require<Person>()), title_(plain(context.config("/title"))) {
  const Value config = config_of(context);
  address_ = config["address"].string_or("");
  formats_ = formats_of(config);
  hints_ = config["hints"];
}

std::string AttendedPortal::title(std::string_view doing) const {
  return fmt::format("{}{}: {}", was_open_ && !is_open_ ? "Signed out, as " : "As ", plain(account_), doing);
}

std::string AttendedPortal::question(std::string_view what, std::string_view of) const {
  return id_of(what, of) + (was_open_ && !is_open_ ? "-out" : "");
}

std::string AttendedPortal::hint(std::string_view of) const {
  const std::string text = hints_[of].string_or("");
  return text.empty() ? "" : "\n" + shorten(text, hint_bytes_max);
}

SignIn AttendedPortal::open(Call& call, const bb_auth_request& request) {
  if (is_open_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  const std::string account(to_view(request.account));
  if (account.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "signing in needs an account, to name it to the person"};
  const std::string acting_for(to_view(request.acting_for));
  const std::string of = acting_for.empty() ? "" : fmt::format(" for the record {}", plain(acting_for));
  std::string record = asking_.text(
      call,
      {id_of("sign-in", acting_for.empty() ? "" : "for-" + acting_for),
       fmt::format("Sign in to {} as {}{}", title_, plain(account), of),
       fmt::format(
           "{}Sign in with the account '{}'.{}{}\nThen type the patient's name or number as the page that opens "
           "shows it, letter by letter as it stands under 'record' of the target file where it shows that; "
           "where no record opens: none\nWhere the portal does not let you in, type: refused",
           address_.empty() ? "" : fmt::format("Open {} in a browser. ", address_), plain(account),
           acting_for.empty() ? ""
                              : fmt::format("\nOpen the record {} there, if the portal lets you.", plain(acting_for)),
           hint("sign_in"))});
  if (to_lower(record) == "refused")
    throw Failure{BB_E_FORBIDDEN,
                  fmt::format("the person says that the portal does not let {} in{}", plain(account), of)};
  if (to_lower(record) == "none") {
    // Whoever was let in, and not to the record that was asked for, was refused.
    if (!acting_for.empty())
      throw Failure{BB_E_FORBIDDEN, fmt::format("the person says that no record opens to {}{}", plain(account), of)};
    record.clear();
  }
  account_ = account;
  session_ = {.method = request.method, .subject = account, .patient = record, .acting_for = acting_for};
  is_open_ = was_open_ = true;
  return session_;
}

SessionInfo AttendedPortal::describe(Call&) {
  if (!is_open_) throw Failure{BB_E_UNAUTHENTICATED, "describing the session: nobody is signed in"};
  return session_;
}

void AttendedPortal::close(Call& call) {
  if (!is_open_) return;
  asking_.instruct(
      call, {id_of("sign-out", session_.acting_for.empty() ? "" : "for-" + session_.acting_for), title("sign out"),
             "Sign out of the portal. Keep the address of the record's page.\nIf you know the browser's developer "
             "tools, copy "
             "the cookies of the portal before you do (under Application or Storage)." +
                 hint("sign_out")});
  is_open_ = false;
}

void AttendedPortal::try_other_record(Call& call, const std::string& record) const {
  asking_.expect_given(
      call,
      {id_of("try", record), title(fmt::format("try to get at the record of {}, which is not theirs", plain(record))),
       "Try all of it, as somebody curious would, by links and by addresses with the other's number or name: open the "
       "record, a visit and the activity history, download each format, send the record. What happens?"});
}

std::string AttendedPortal::expect_access(Call& call, bb_str subject, std::string_view doing) const {
  if (!was_open_) throw Failure{BB_E_UNAUTHENTICATED, fmt::format("{}: nobody has signed in", doing)};
  const std::string of(to_view(subject));
  const bool is_own = of.empty() || of == session_.patient;
  if (!is_open_)
    asking_.expect_given(
        call,
        {"signed-out", title("try to get at the record all the same"),
         "Be signed out. Go back in the browser, and open the addresses that you kept: of the record, a visit, a "
         "download.\nIf you copied the cookies before you signed out, put them back and try it once more: what was "
         "signed out has to stay so.\nWhat happens?"});
  else if (!is_own)
    try_other_record(call, of);
  return is_own ? session_.patient : of;
}

}  // namespace bb::attended
