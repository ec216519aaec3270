#include "library.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bb::host {
namespace {

constexpr unsigned abi_major_max = 9;  // how far newer majors are looked for, to say so

Error no_plugin(const Manifest& manifest, const std::string& why) {
  return Error{manifest.library.string() + " is not a plugin: " + why};
}

// What follows `marker` up to the next character of `ends`.
std::optional<std::string> after(std::string_view text, std::string_view marker, std::string_view ends) {
  const std::size_t begin = text.find(marker);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(begin + marker.size());
  return std::string(rest.substr(0, rest.find_first_of(ends)));
}

// The loader's words, out of Boost's sentence around them.
std::string loader_message(const std::exception& problem) {
  const std::string_view text = problem.what();
  constexpr std::string_view marker = "(dlerror system message: ";
  const std::size_t begin = text.find(marker);
  if (begin == std::string_view::npos) return std::string(text);
  const std::string_view rest = text.substr(begin + marker.size());
  return std::string(rest.substr(0, rest.rfind("):")));
}

Error cannot_open(const Manifest& manifest, const std::string& message) {
  const std::string library = "plugin library " + manifest.library.string();
  if (const auto symbol = after(message, "undefined symbol: ", " ,)"))
    return Error{library + " uses the symbol '" + *symbol + "', which none of its libraries defines"};
  const std::size_t missing = message.find(": cannot open shared object file");
  if (missing != std::string::npos && message.substr(0, missing) != manifest.library.string())
    return Error{library + " needs " + message.substr(0, missing) + ", which is not installed"};
  return Error{library + " cannot be loaded: " + message};
}

Error no_entry_point(const Manifest& manifest, const boost::dll::shared_library& library) {
  for (unsigned major = BB_ABI_MAJOR + 1; major <= abi_major_max; ++major)
    if (library.has("bb_plugin_v" + std::to_string(major)))
      return Error{"plugin library " + manifest.library.string() + " needs a host for ABI major " +
                   std::to_string(major) + ", this host offers " + std::to_string(BB_ABI_MAJOR)};
  return no_plugin(manifest, "it does not export " BB_PLUGIN_V1_SYMBOL);
}

// Never destroyed, so that nothing is unloaded when the program ends.
void keep_loaded(boost::dll::shared_library library) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<boost::dll::shared_library>;
  const std::scoped_lock lock(mutex);
  kept.push_back(std::move(library));
}

}  // namespace

Result<LoadedPlugin> open_plugin(const Manifest& manifest) {
  LoadedPlugin plugin;
  boost::dll::shared_library library;
  try {
    library.load(manifest.library, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& problem) {  // Boost.DLL gives the loader's words only this way
    return cannot_open(manifest, loader_message(problem));
  }
  keep_loaded(library);
  if (!library.has(BB_PLUGIN_V1_SYMBOL)) return no_entry_point(manifest, library);
  const auto entry = &library.get<const bb_plugin*()>(BB_PLUGIN_V1_SYMBOL);
  plugin.table = entry();
  BB_TRY(plugin.description, describe_plugin(plugin.table, manifest));
  return plugin;
}

}  // namespace bb::host
