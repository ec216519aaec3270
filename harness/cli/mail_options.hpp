// harness/cli/mail_options.hpp - the options of `check` about mails and certificates.
#pragma once

#include <memory>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/cli/args.hpp"
#include "harness/documents/mail_settings.hpp"

namespace bb::cli {

// --key, --key-password-env, --anchor, --intermediates, --crl, --at, --direct-as.
std::vector<OptionSpec> mail_options();

// What was given for them. The error names the option and, of a key, no part of it.
[[nodiscard]] Result<std::shared_ptr<const documents::MailSettings>> mail_settings_of(const Args& args);

}  // namespace bb::cli
