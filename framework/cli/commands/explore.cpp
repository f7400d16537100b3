#include "commands/command.hpp"
#include "explore/explore_helper.hpp"
#include "explore/explore_server.hpp"
#include "explore/explore_service.hpp"
#include "explore/web_assets.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "process/confinement.hpp"
#include "process/interrupt.hpp"
#include "store/store.hpp"
#include "text/output.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using texts = std::vector<std::string>;

constexpr int usual_port = 7272;
constexpr int tour_pages = 8;  // in web/src/explore/tour_pages.ts

usage explore_usage() {
  usage expected{
      .synopsis = "ravine explore [FILE.db…] [options]",
      .description =
          "Serves a page on this machine to drive optimizers by hand over landscapes, watch results as they\n"
          "arrive, and train small networks. Ctrl-C stops the server.\n"
          "New to optimizers? ravine explore --tour: eight short pages with a picture that moves.\n",
      .options = po::options_description(),
      .positional = "file"};
  expected.options.add_options()("port", po::value<int>()->value_name("N"),
                                 "port (default: 7272, or any free port if it is taken; 0: any free port)")(
      "host", po::value<std::string>()->default_value("127.0.0.1")->value_name("ADDRESS"),
      "address to listen on; anyone who can reach it can run the plugins of this machine")(
      "proxy-name", po::value<texts>()->value_name("NAME"),
      "also answer to this name, without scheme and port: of a proxy that shows the page (repeatable)")(
      "tour", po::value<int>()->implicit_value(1)->value_name("PAGE"),
      "begin with the guided tour, or, as --tour=3, with one of its eight pages")(
      "no-open", "print the address without opening a browser");
  add_plugin_options(expected.options);
  return expected;
}

int read_port(const po::variables_map& options) {
  if (options.count("port") == 0) return usual_port;
  const int port = options["port"].as<int>();
  if (port < 0 || port > 65535) throw wrong_value("port", port, "0 to 65535");
  return port;
}

/// What the page's address ends with.
std::string tour_address(const po::variables_map& options) {
  if (options.count("tour") == 0) return "";
  const int page = options["tour"].as<int>();
  if (page < 1 || page > tour_pages) throw wrong_value("tour", page, fmt::format("1 to {}", tour_pages));
  return page == 1 ? "#tour" : fmt::format("#tour-{}", page);
}

/// In the user's browser, if there is a screen.
void open_browser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  std::string program = "xdg-open";
  std::string argument = url;
  std::array<char*, 3> words{program.data(), argument.data(), nullptr};
  pid_t process = 0;
  posix_spawnp(&process, program.c_str(), nullptr, nullptr, words.data(), environ);  // if not, it was printed
}

/// Waits until somebody wants the server to end. Signals that are blocked and waited for instead could reach
/// a thread that a library has started before main.
void wait_for_interrupt() {
  while (interrupt_watch::count() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

/// Takes the usual port, or any if it is taken and was not asked for.
void bind(explore_service& service, const po::variables_map& options,
          std::unique_ptr<explore_server>& server) {
  const std::string host = options["host"].as<std::string>();
  const texts proxies = texts_of(options, "proxy-name");
  for (const std::string& name : proxies) {
    if (name.empty() || name.find_first_of(":/ ") != std::string::npos) {
      throw wrong_value("proxy-name", name, "a name alone, such as hub.example.org");
    }
  }
  server = std::make_unique<explore_server>(service, listen_address{host, read_port(options), proxies});
  try {
    server->bind();
  } catch (const error&) {
    if (options.count("port") != 0) throw;
    server = std::make_unique<explore_server>(service, listen_address{host, 0, proxies});
    server->bind();
  }
}

exit_status serve(const po::variables_map& options) {
  bundled_assets();  // says at once if there are none
  read_confinement(options);
  const std::string tour = tour_address(options);
  const texts files = texts_of(options, "file");
  for (const std::string& file : files) store::open_read_only(file);
  explore_service service(texts_of(options, "plugins"), files);
  const interrupt_watch watch;
  std::unique_ptr<explore_server> server;
  bind(service, options, server);
  const std::string url = server->url() + tour;
  print_result("{}\n", url);
  flush_result();
  print_note("Ravine's explorer is at {}; Ctrl-C stops it\n", url);
  if (options["host"].as<std::string>() != "127.0.0.1") {
    print_note("warning: anyone who can reach this address can run the plugins of this machine\n");
  }
  std::thread serving([&] { server->serve(); });
  if (options.count("no-open") == 0) open_browser(url);
  wait_for_interrupt();
  server->stop();
  serving.join();
  return exit_status::ok;
}

exit_status explore(std::span<const std::string> arguments) {
  if (!arguments.empty() && arguments[0] == helper_word) {
    const auto options = parse(explore_usage(), arguments.subspan(1));
    if (!options) return exit_status::ok;
    if (options->count("unconfined") != 0) set_confinement(confinement_mode::off);  // the server has told
    return serve_as_helper(texts_of(*options, "plugins"));
  }
  const auto options = parse(explore_usage(), arguments);
  return options ? serve(*options) : exit_status::ok;
}

}  // namespace

const command explore_command{"explore", "drive optimizers by hand, and watch results, in a browser",
                              &explore};

}  // namespace ravine::cli
