#include "bench.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::kit {
namespace {

constexpr std::size_t interface_count_max = 256;

// A source that gives its text in small steps, and may fail on the way.
struct SourceState {
  std::string text;
  std::size_t step = 4096, at = 0;
  int fails_at = -1, reads = 0;
};
bb_status read_source(bb_source* source, void* buffer, std::uint64_t capacity, std::uint64_t* got) {
  auto& state = *static_cast<SourceState*>(source->host_data);
  *got = 0;
  if (state.reads++ == state.fails_at) return BB_E_UNAVAILABLE;
  // 1, then primes: no reader may count on whole chunks.
  constexpr std::size_t primes[] = {1, 2, 3, 5, 7, 11, 13, 17, 19, 23};
  const auto step = state.step == 0 ? primes[static_cast<std::size_t>(state.reads) % std::size(primes)] : state.step;
  const auto count = std::min({step, static_cast<std::size_t>(capacity), state.text.size() - state.at});
  std::copy_n(state.text.data() + state.at, count, static_cast<char*>(buffer));
  state.at += count;
  *got = count;
  return BB_OK;
}

std::string escape_pointer(std::string_view key) { return replace_all(replace_all(key, "~", "~0"), "/", "~1"); }

// One pair per leaf, as bb_create_args says.
void add_leaves(const Value& value, const std::string& pointer, Pairs& out) {
  if (const auto* members = value.members(); members && !members->empty()) {
    for (const auto& member : *members) add_leaves(member.value, pointer + "/" + escape_pointer(member.key), out);
  } else if (const auto* items = value.items(); items && !items->empty()) {
    for (std::size_t i = 0; i < items->size(); ++i) add_leaves((*items)[i], pointer + "/" + std::to_string(i), out);
  } else {
    out.emplace_back(pointer, to_json(value));
  }
}

constexpr std::string_view methods[] = {"none",       "client_credentials", "user_redirect",
                                        "mutual_tls", "signed_request",     "password"};

}  // namespace

Result<void*> Bench::load() {
  if (handle_ != nullptr) return handle_;
  if (!subject_.unreadable.empty()) return Error{subject_.unreadable};
  ::dlerror();
  handle_ = ::dlopen(subject_.manifest.library.c_str(), RTLD_NOW | RTLD_LOCAL);
  printed_at_load_ = std::max<std::int64_t>(0, ::lseek(STDERR_FILENO, 0, SEEK_CUR));
  if (handle_ == nullptr) {
    const char* const why = ::dlerror();
    return Error{why != nullptr ? why : "the loader gives no reason"};
  }
  return handle_;
}

Result<const bb_plugin*> Bench::entry() {
  BB_TRY(void* const handle, load());
  void* const symbol = ::dlsym(handle, BB_PLUGIN_V1_SYMBOL);
  if (symbol == nullptr) return Error{"the library does not export " BB_PLUGIN_V1_SYMBOL};
  return reinterpret_cast<bb_plugin_v1_fn>(symbol)();
}

std::string table_defect(const bb_plugin* plugin) {
  if (plugin == nullptr) return "bb_plugin_v1 returned NULL, expected a table";
  if (!BB_HAS(plugin, get_interface))
    return fmt::format("bb_plugin says struct_size {}, version 1.0 has {}", plugin->struct_size, sizeof(bb_plugin));
  const std::pair<bool, const char*> members[]{
      {plugin->id != nullptr, "id"},           {plugin->version != nullptr, "version"},
      {plugin->init != nullptr, "init"},       {plugin->deinit != nullptr, "deinit"},
      {plugin->type_at != nullptr, "type_at"}, {plugin->create != nullptr, "create"},
      {plugin->destroy != nullptr, "destroy"}, {plugin->get_interface != nullptr, "get_interface"}};
  for (const auto& [is_there, name] : members)
    if (!is_there) return fmt::format("bb_plugin::{} is NULL, expected a value", name);
  return {};
}

Verdict Bench::usable() {
  const auto found = entry();
  if (!found) return skip("the library cannot be loaded, see lib-loads-now: {}", found.error().what);
  if (const auto defect = table_defect(*found); !defect.empty())
    return skip("the table cannot be used, see entry-size-min: {}", defect);
  plugin = *found;
  return pass();
}

Verdict Bench::usable_types() {
  BB_KIT_TRY(usable());
  types.clear();
  for (std::uint32_t index = 0; index < type_count_max; ++index) {
    const auto* const type = plugin->type_at(index);
    if (type == nullptr) break;
    if (!BB_HAS(type, config_schema) || type->id == nullptr) return skip("a type cannot be used, see type-enumeration");
    const auto same = [&](const bb_connector_type* known) { return std::string_view(known->id) == type->id; };
    if (std::none_of(types.begin(), types.end(), same)) types.push_back(type);
  }
  if (types.empty()) return skip("the library has no types, see type-enumeration");
  return pass();
}

const host::ManifestType* Bench::in_manifest(std::string_view type_id) const {
  const auto& all = subject_.manifest.types;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& type) { return type.id == type_id; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> interface_list(const bb_connector_type& type) {
  std::vector<std::string> found;
  for (const char* const* id = type.interfaces; id && *id && found.size() < interface_count_max; ++id)
    found.emplace_back(*id);
  return found;
}

std::string interface_defect(const char* id, const void* table) {
  static const struct {
    std::string_view id;
    std::size_t size, optional;
  } known[]{{BB_SESSION, sizeof(bb_session), 0},   {BB_VIEW, sizeof(bb_view), 0},
            {BB_DOWNLOAD, sizeof(bb_download), 0}, {BB_SHARE, sizeof(bb_share), 0},
            {BB_TRANSMIT, sizeof(bb_transmit), 0}, {BB_INBOX, sizeof(bb_inbox), 1},
            {BB_ACTIVITY, sizeof(bb_activity), 0}, {BB_PROBE, sizeof(bb_probe), 0},
            {BB_TRUST, sizeof(bb_trust), 0}};
  constexpr std::uint32_t size_max = 65'536;
  constexpr std::size_t head_size = 8;  // struct_size and one more number
  const auto found = std::find_if(std::begin(known), std::end(known), [&](const auto& one) { return one.id == id; });
  if (table == nullptr || found == std::end(known)) return {};
  std::uint32_t size = 0;
  std::memcpy(&size, table, sizeof size);
  const auto least = found->size - found->optional * sizeof(void*);
  if (size < least || size > size_max)
    return fmt::format("the table of {} says struct_size {}, version 1.0 has {}", id, size, least);
  for (std::size_t at = head_size; at < least; at += sizeof(void*)) {
    const void* function = nullptr;
    std::memcpy(&function, static_cast<const char*>(table) + at, sizeof function);
    if (function == nullptr)
      return fmt::format("function {} of the table of {} is NULL, expected a function",
                         (at - head_size) / sizeof(void*) + 1, id);
  }
  return {};
}

Verdict on_each_type(Bench& bench, const std::function<Verdict(const bb_connector_type&)>& check) {
  BB_KIT_TRY(bench.usable_types());
  const auto rank = [](const Verdict& verdict) {
    if (verdict.outcome == Outcome::fail) return 4;
    if (verdict.outcome == Outcome::warn) return 3;
    if (verdict.outcome == Outcome::skip) return verdict.is_judged ? 2 : 0;
    return 1;
  };
  std::optional<Verdict> worst;
  for (const auto* type : bench.types) {
    auto verdict = check(*type);
    if (verdict.outcome != Outcome::pass && bench.types.size() > 1)
      verdict.what = fmt::format("{}: {}", type->id, verdict.what);
    if (!worst || rank(verdict) > rank(*worst)) worst = std::move(verdict);
  }
  return *worst;
}

std::string status_name(bb_status status) {
  static const std::pair<bb_status, const char*> names[]{{BB_OK, "BB_OK"},
                                                         {BB_E_INVALID_ARGUMENT, "BB_E_INVALID_ARGUMENT"},
                                                         {BB_E_NOT_FOUND, "BB_E_NOT_FOUND"},
                                                         {BB_E_UNSUPPORTED, "BB_E_UNSUPPORTED"},
                                                         {BB_E_STATE, "BB_E_STATE"},
                                                         {BB_E_CANCELLED, "BB_E_CANCELLED"},
                                                         {BB_E_DEADLINE, "BB_E_DEADLINE"},
                                                         {BB_E_UNAUTHENTICATED, "BB_E_UNAUTHENTICATED"},
                                                         {BB_E_FORBIDDEN, "BB_E_FORBIDDEN"},
                                                         {BB_E_CONSENT_REQUIRED, "BB_E_CONSENT_REQUIRED"},
                                                         {BB_E_UNTRUSTED_PEER, "BB_E_UNTRUSTED_PEER"},
                                                         {BB_E_UNAVAILABLE, "BB_E_UNAVAILABLE"},
                                                         {BB_E_RATE_LIMITED, "BB_E_RATE_LIMITED"},
                                                         {BB_E_REJECTED, "BB_E_REJECTED"},
                                                         {BB_E_CONFLICT, "BB_E_CONFLICT"},
                                                         {BB_E_PROTOCOL, "BB_E_PROTOCOL"},
                                                         {BB_E_CORRUPT, "BB_E_CORRUPT"},
                                                         {BB_E_TOO_LARGE, "BB_E_TOO_LARGE"},
                                                         {BB_E_INTERNAL, "BB_E_INTERNAL"},
                                                         {BB_E_OUT_OF_MEMORY, "BB_E_OUT_OF_MEMORY"},
                                                         {BB_E_HOST_FAULT, "BB_E_HOST_FAULT"},
                                                         {BB_E_CONNECTOR_LOST, "BB_E_CONNECTOR_LOST"},
                                                         {BB_E_CONNECTOR_STUCK, "BB_E_CONNECTOR_STUCK"},
                                                         {BB_E_PENDING, "BB_E_PENDING"}};
  for (const auto& [known, name] : names)
    if (known == status) return fmt::format("{} ({})", name, status);
  return fmt::format("status {}", status);
}

Driver::Driver(Bench& of, const bb_connector_type& connector_type, Lender::How host_how, std::string_view seed_suffix)
    : bench(of),
      type(connector_type),
      setup(of.subject().setup_of(connector_type.id)),
      host(setup, of.seed() + std::string(seed_suffix), host_how),
      plugin_(*of.plugin) {
  host.grants = of.subject().manifest.network_grants;
  plugin_.init(host.raw());
}

Driver::~Driver() {
  destroy();
  plugin_.deinit();
}

void Driver::destroy() {
  if (connector != nullptr) plugin_.destroy(connector);
  connector = nullptr;
  host.streams.end();
}

Verdict Driver::config(Value& out) const {
  out = setup.config.value_or(Value::object({}));
  if (type.config_schema == nullptr) return pass();
  const auto schema = parse_json(type.config_schema);
  if (!schema || !check_schema(*schema).empty())
    return skip("the config_schema cannot be used, see type-schema-parses");
  out = fill_defaults(*schema, std::move(out));
  const auto findings = validate(*schema, out);
  if (findings.empty()) return pass();
  return skip("needs a configuration: {} {}; give 'config' in connector-test.yaml", findings.front().pointer,
              findings.front().message);
}

Done Driver::create(std::string_view type_id, const Value& config, bb_connector** out) {
  Lender lender;
  calls_.push_back(std::make_unique<FakeCall>(host, lender));
  auto& call = *calls_.back();
  Pairs leaves;
  leaves.emplace_back("", to_json(config));
  if (config.size() > 0) add_leaves(config, "", leaves);
  std::vector<bb_pair> pairs;
  for (const auto& [key, value] : leaves) pairs.push_back({lender.text(key), lender.text(value)});
  const auto* const args =
      lender.put(bb_create_args{sizeof(bb_create_args), 0, lender.text(type_id), lender.text("kit/alice"),
                                lender.array(pairs.data(), pairs.size()), pairs.size()});
  const auto begin = monotonic_ns();
  Done done;
  done.status = plugin_.create(host.raw(), call.raw(), args, out);
  call.end();
  done.took_ms = (monotonic_ns() - begin) / ns_per_ms;
  done.error = call.error;
  return done;
}

Verdict Driver::make(Tables tables) {
  Value given;
  BB_KIT_TRY(config(given));
  bb_connector* made = nullptr;
  const auto done = create(type.id, given, &made);
  if (done.status != BB_OK || made == nullptr)
    return skip("create gave {}{}", status_name(done.status), done.error ? ": " + done.error->message : "");
  connector = made;
  for (const auto* id : known_interfaces)
    if (tables == Tables::whole && !interface_defect(id, table<void>(id)).empty())
      return skip("a table cannot be used, see iface-table-size");
  return pass();
}

Verdict Driver::peer_is_there(const Done& done) {
  if (done.status == BB_OK) return pass();
  if (const auto request = host.unanswered(); !request.empty())
    return skip("needs a peer: connector-test.yaml has no answer for {}", shorten(request, 120));
  return pass();
}

Verdict Driver::ready() {
  BB_KIT_TRY(make());
  return sign_in();
}

Verdict Driver::sign_in() {
  const auto* const session = table<bb_session>(BB_SESSION);
  if (!BB_HAS(session, close)) return pass();
  Arguments arguments;
  for (std::size_t i = 0; i < std::size(methods); ++i) {
    const auto bit = (session->methods >> i & 1u) != 0;
    if (setup.method.empty() ? bit : setup.method == methods[i]) {
      arguments.method = methods[i];
      break;
    }
  }
  auto done = call("session.open", arguments);
  if (done.status == BB_E_PENDING && got->challenges.size() == 1) {
    if (setup.callback.empty()) return skip("needs 'callback' in connector-test.yaml to finish a sign-in by redirect");
    arguments.resume_state = got->challenges.front().resume_state;
    arguments.response = replace_all(setup.callback, "{state}", arguments.state);
    done = call("session.resume", arguments);
  }
  BB_KIT_TRY(peer_is_there(done));
  if (done.status != BB_OK)
    return skip("cannot sign in: {}{}", status_name(done.status), done.error ? ": " + done.error->message : "");
  return pass();
}

Done Driver::call(std::string_view operation, const Arguments& arguments, const Conduct& conduct) {
  if (got) gathers_.push_back(std::move(got));
  return call_beside(operation, got, arguments, conduct);
}

Done Driver::call_beside(std::string_view operation, std::unique_ptr<Gather>& into, const Arguments& arguments,
                         const Conduct& conduct) {
  Lender lender(conduct.lends);
  const auto begin = monotonic_ns();
  const auto deadline = conduct.deadline_in_ms == 0 ? 0 : begin + conduct.deadline_in_ms * ns_per_ms;
  auto made = std::make_unique<FakeCall>(host, lender, deadline);
  auto& running = *made;
  {
    const std::scoped_lock lock(calls_mutex_);
    calls_.push_back(std::move(made));
  }
  running.is_cancelled = conduct.is_cancelled;
  into = std::make_unique<Gather>(running, lender);
  into->stop_at = conduct.stop_at;
  into->stop_status = conduct.stop_status;
  into->cancel_at = conduct.cancel_at;
  into->pause_ms = conduct.pause_ms;
  std::thread canceller;
  std::atomic<bool> is_over{false};
  if (conduct.cancel_after_ms >= 0)
    canceller = std::thread([&] {
      for (std::int64_t waited = 0; waited < conduct.cancel_after_ms && !is_over; waited += 5)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      running.is_cancelled = true;
    });
  Done done;
  done.status = invoke(operation, arguments, conduct, running, *into, lender);
  running.end();
  if (operation == "inbox.allocate" && done.status == BB_OK) host.streams.set_address(into->text);
  is_over = true;
  if (canceller.joinable()) canceller.join();
  done.took_ms = (monotonic_ns() - begin) / ns_per_ms;
  done.error = running.error;
  return done;
}

bb_status Driver::invoke(std::string_view operation, const Arguments& given, const Conduct& conduct, FakeCall& call,
                         Gather& into, Lender& lender) {
  bb_connector* const c = connector;
  const auto text = [&](std::string_view value) -> bb_str {
    if (!value.empty()) return lender.text(value);
    return conduct.is_data_not_null ? bb_str{lender.text("x").data, 0} : bb_str{nullptr, 0};
  };
  std::vector<bb_pair> terms;
  for (const auto& [key, value] : given.terms) terms.push_back({text(key), text(value)});
  const auto query = [&] {
    return lender.put(bb_query{sizeof(bb_query), given.limit, text(given.subject), text(given.kind), given.from_unix_ns,
                               given.until_unix_ns, text(given.cursor), lender.array(terms.data(), terms.size()),
                               terms.size()});
  };
  std::vector<std::unique_ptr<SourceState>> sources;
  const auto source = [&](std::string content) {
    sources.push_back(std::make_unique<SourceState>());
    auto& state = *sources.back();
    state.text = std::move(content);
    state.step = given.source_step;
    state.fails_at = given.source_fails_at;
    return lender.put(bb_source{sizeof(bb_source), 0, &state, UINT64_MAX, read_source});
  };
  std::vector<const bb_destination*> destinations;
  for (int i = 0; i < given.destination_count; ++i)
    destinations.push_back(lender.put(
        bb_destination{sizeof(bb_destination), 0, text(setup.destination_scheme),
                       text(i == 0 ? setup.destination_address : fmt::format("{}-{}", setup.destination_address, i))}));
  const auto auth = [&] {
    const auto index =
        static_cast<std::size_t>(std::find(std::begin(methods), std::end(methods), given.method) - std::begin(methods));
    method_ =
        index == std::size(methods) ? (given.method.empty() ? BB_AUTH_NONE : 31) : static_cast<bb_auth_method>(index);
    bb_auth_request request{};
    request.struct_size = sizeof request;
    request.method = method_;
    request.account = text(setup.account);
    request.secret_password = text("kit.password");
    request.secret_client = text("kit.client");
    request.secret_refresh_token = method_ == BB_AUTH_PASSWORD ? text("") : text("kit.refresh");
    request.secret_private_key = text("kit.key");
    request.redirect_uri = text("https://bluebridge.test/callback");
    request.patient = text(setup.patient);
    request.acting_for = text(setup.acting_for);
    request.state = text(given.state);
    return lender.put(request);
  };
  auto* const raw = call.raw();
  const auto dot = operation.find('.');
  const auto interface = operation.substr(0, dot), function = operation.substr(dot + 1);
  if (interface == "session") {
    const auto* t = table<bb_session>(BB_SESSION);
    if (function == "open") return t->open(c, raw, auth(), into.session_sink());
    if (function == "resume")
      return t->resume(c, raw, auth(), text(given.resume_state), text(given.response), into.session_sink());
    if (function == "describe") return t->describe(c, raw, into.session_sink());
    return t->close(c, raw);
  }
  if (interface == "view") {
    const auto* t = table<bb_view>(BB_VIEW);
    if (function == "list") return t->list(c, raw, query(), into.items_sink());
    return t->read(c, raw, text(given.id), into.content_sink());
  }
  if (interface == "activity") {
    const auto* t = table<bb_activity>(BB_ACTIVITY);
    if (function == "list") return t->list(c, raw, query(), into.items_sink());
    return t->read(c, raw, text(given.id), into.content_sink());
  }
  if (interface == "inbox") {
    const auto* t = table<bb_inbox>(BB_INBOX);
    if (function == "poll") return t->poll(c, raw, query(), into.items_sink());
    if (function == "read") return t->read(c, raw, text(given.id), into.content_sink());
    if (function == "acknowledge") return t->acknowledge(c, raw, text(given.id), BB_DISPOSITION_PROCESSED);
    return t->allocate(c, raw, text(given.name), into.text_sink());
  }
  if (interface == "download") {
    const auto* t = table<bb_download>(BB_DOWNLOAD);
    if (function == "formats") return t->formats(c, raw, text(given.subject), into.format_sink());
    return t->fetch(
        c, raw, lender.put(bb_download_request{sizeof(bb_download_request), 0, text(given.id), nullptr, nullptr, 0}),
        into.content_sink());
  }
  if (interface == "share") {
    const auto* t = table<bb_share>(BB_SHARE);
    if (function == "track") return t->track(c, raw, text(given.id), into.receipt_sink());
    return t->send(c, raw,
                   lender.put(bb_share_request{sizeof(bb_share_request), 0, text(given.key),
                                               lender.array(destinations.data(), destinations.size()),
                                               destinations.size(), text(""), nullptr, nullptr, 0}),
                   into.receipt_sink());
  }
  if (interface == "transmit") {
    const auto* t = table<bb_transmit>(BB_TRANSMIT);
    if (function == "track") return t->track(c, raw, text(given.id), into.receipt_sink());
    std::string content = "kit attachment\n";
    while (content.size() < 3000) content += content;
    const auto* const attachment = lender.put(
        bb_attachment{sizeof(bb_attachment), 0, text("kit.txt"), text("text/plain"), source(std::move(content))});
    return t->send(c, raw,
                   lender.put(bb_outgoing{sizeof(bb_outgoing), 0, text(given.key), text("kit subject"),
                                          text("kit body"), lender.array(destinations.data(), destinations.size()),
                                          destinations.size(), lender.array(&attachment, 1), 1}),
                   into.receipt_sink());
  }
  if (interface == "trust") {
    const auto* t = table<bb_trust>(BB_TRUST);
    if (function == "anchors") return t->anchors(c, raw, into.certificate_sink());
    if (function == "discover") return t->discover(c, raw, text(given.id), into.certificate_sink());
    const auto der = text(given.certificate);
    return t->evaluate(c, raw, text(given.id), {der.data, der.size}, text(given.name));
  }
  const auto* t = table<bb_probe>(BB_PROBE);
  if (function == "list") return t->list(c, raw, into.probe_sink());
  return t->run(c, raw, text(given.name), text(given.id.empty() ? "{}" : given.id), into.content_sink());
}

Verdict operations_of(Bench& bench, const bb_connector_type& type, std::vector<std::string>& operations) {
  Driver driver(bench, type);
  BB_KIT_TRY(driver.ready());
  operations = driver.operations();
  return pass();
}

std::vector<std::string> Driver::operations() {
  std::vector<std::string> out;
  const auto add = [&](std::initializer_list<const char*> names) { out.insert(out.end(), names.begin(), names.end()); };
  if (BB_HAS(table<bb_session>(BB_SESSION), close)) add({"session.describe"});
  if (BB_HAS(table<bb_view>(BB_VIEW), read)) add({"view.list", "view.read"});
  if (BB_HAS(table<bb_download>(BB_DOWNLOAD), fetch)) add({"download.formats", "download.fetch"});
  if (BB_HAS(table<bb_share>(BB_SHARE), track)) add({"share.send", "share.track"});
  if (BB_HAS(table<bb_transmit>(BB_TRANSMIT), track)) add({"transmit.send", "transmit.track"});
  const auto* const inbox = table<bb_inbox>(BB_INBOX);
  if (BB_HAS(inbox, allocate) && inbox->allocate != nullptr) add({"inbox.allocate"});
  if (BB_HAS(inbox, acknowledge)) add({"inbox.poll", "inbox.read", "inbox.acknowledge"});
  if (BB_HAS(table<bb_activity>(BB_ACTIVITY), read)) add({"activity.list", "activity.read"});
  if (BB_HAS(table<bb_probe>(BB_PROBE), run)) add({"probe.list", "probe.run"});
  if (BB_HAS(table<bb_trust>(BB_TRUST), evaluate)) add({"trust.anchors", "trust.discover", "trust.evaluate"});
  return out;
}

void Driver::call_everything(const Conduct& conduct, PeerFault fault) {
  for (const auto& operation : operations()) {
    Arguments arguments;
    host.peer_fault = PeerFault::none;
    if (arguments_of(operation, arguments).outcome != Outcome::pass) continue;
    host.peer_fault = fault;
    call(operation, arguments, conduct);
  }
  host.peer_fault = PeerFault::none;
}

Verdict Driver::arguments_of(std::string_view operation, Arguments& out) {
  const auto learn = [&](std::string_view listing, const char* nothing) -> Verdict {
    Arguments arguments;
    BB_KIT_TRY(arguments_of(listing, arguments));
    const auto done = call(listing, arguments);
    BB_KIT_TRY(peer_is_there(done));
    if (done.status != BB_OK) return skip("{} gave {}", listing, status_name(done.status));
    const bool is_empty =
        got->items.empty() && got->formats.empty() && got->receipts.empty() && got->probes.empty() && got->text.empty();
    if (is_empty) return skip("{} gave {}", listing, nothing);
    return pass();
  };
  if (operation == "view.read" || operation == "activity.read" || operation == "inbox.read" ||
      operation == "inbox.acknowledge") {
    const auto listing = operation.substr(0, operation.find('.')) == "inbox"
                             ? std::string("inbox.poll")
                             : std::string(operation.substr(0, operation.find('.'))) + ".list";
    BB_KIT_TRY(learn(listing, "no items to read"));
    out.id = got->items.front().id;
  } else if (operation == "download.fetch") {
    BB_KIT_TRY(learn("download.formats", "no formats"));
    out.id = got->formats.front().id;
  } else if (operation == "share.track" || operation == "transmit.track") {
    BB_KIT_TRY(learn(operation == "share.track" ? "share.send" : "transmit.send", "no receipts"));
    out.id = got->receipts.front().message_id;
  } else if (operation == "inbox.allocate") {
    out.name = "kit";
  } else if (operation == "inbox.poll") {
    const auto* const inbox = table<bb_inbox>(BB_INBOX);
    if (BB_HAS(inbox, allocate) && inbox->allocate != nullptr) {
      BB_KIT_TRY(learn("inbox.allocate", "no address"));
      out.terms = {{"address", got->text}};
    }
  } else if (operation == "probe.run") {
    BB_KIT_TRY(learn("probe.list", "no probes"));
    for (const auto& probe : got->probes) {
      const auto schema = parse_json(probe.schema.empty() ? "{}" : probe.schema);
      if (!schema || !check_schema(*schema).empty()) continue;
      const auto arguments = fill_defaults(*schema, Value::object({}));
      if (!validate(*schema, arguments).empty()) continue;
      out.name = probe.name;
      out.id = to_json(arguments);
      return pass();
    }
    return skip("no probe can be run without arguments");
  } else if (operation == "trust.discover" || operation == "trust.evaluate") {
    if (setup.trust.address.empty()) return skip("needs 'trust' in connector-test.yaml");
    out.id = setup.trust.address;
    out.name = setup.trust.use;
    out.certificate = setup.trust.good;
  } else if (operation == "session.open") {
    out.method = setup.method;
  }
  return pass();
}

}  // namespace bb::kit
