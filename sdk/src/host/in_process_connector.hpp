// in_process_connector.hpp - an instance whose library is loaded into us.
#pragma once

#include <memory>
#include <string>

#include <bb/core/result.hpp>
#include <bb/host/host.hpp>
#include "instance.hpp"
#include "plugin_instance.hpp"

namespace bb::host {

// Makes an instance of `type_id` with a configuration that is valid and
// complete. The error is what the connector said.
Result<std::unique_ptr<Connector>> make_in_process(std::shared_ptr<InitializedPlugin> plugin,
                                                   std::unique_ptr<Instance> instance, const std::string& type_id,
                                                   const Value& config, const Cancellation* cancellation);

// Why create() made no instance.
Error not_made(const Instance& instance, const std::string& type_id, const Reply& reply);

}  // namespace bb::host
