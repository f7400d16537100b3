#include "explore/explore_server.hpp"

#include "core/error.hpp"
#include "explore/http_server.hpp"
#include "explore/jobs.hpp"
#include "explore/web_assets.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/rand.h>

namespace ravine::cli {
namespace {

using json = nlohmann::json;
constexpr const char* json_type = "application/json; charset=utf-8";
constexpr const char* html_type = "text/html; charset=utf-8";
constexpr const char* style_type = "text/css; charset=utf-8";
constexpr const char* script_type = "application/javascript; charset=utf-8";

const std::map<std::string, std::string> default_header{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

/// 128 bits, in hexadecimal, that no page can guess. Throws ravine::error if the system gives none.
std::string new_token() {
  std::array<unsigned char, 16> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) {
    throw error("the system gives no random bits for the page's token");
  }
  std::string token;
  for (const unsigned char byte : bits) token += fmt::format("{:02x}", byte);
  return token;
}

http_answer json_answer(std::string text) { return {.type = json_type, .body = std::move(text)}; }

http_answer refused(unsigned status, std::string_view why) {
  return {.status = status,
          .type = json_type,
          .body = json{{"error", why}}.dump(-1, ' ', false, json::error_handler_t::replace)};
}

/// What `body` answers; what it throws becomes a status and a message.
template <class Body>
http_answer answering(const Body& body) {
  try {
    return body();
  } catch (const request_error& problem) {
    return refused(400, problem.what());
  } catch (const busy_error& problem) {
    return refused(429, problem.what());
  } catch (const std::exception& problem) {
    return refused(500, problem.what());
  }
}

/// The body as a JSON object, or request_error.
json object_of(const http_request& request) {
  json found = json::parse(request.body, nullptr, false);
  if (found.is_discarded()) throw request_error("the request's body is not JSON");
  if (!found.is_object()) throw request_error("the request's body is JSON, but not an object");
  return found;
}

/// The name in "name:port", without the port; all of it if there is none, and "" if what follows is no port.
std::string name_in(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string::npos) return host;
  const std::string port = host.substr(colon + 1);
  const bool is_port =
      !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  return is_port ? host.substr(0, colon) : "";
}

std::string page_of(const std::string& token) {
  return fmt::format(
      R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="ravine-token" content="{}">
<title>Ravine</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body>
<noscript>The explorer needs JavaScript. ravine trace and ravine compare do the same in a terminal.</noscript>
<main id="page" aria-busy="true"></main>
<script src="explore.js" defer></script>
<script src="plots.js" defer></script>
</body>
</html>
)",
      token);
}

}  // namespace

struct explore_server::impl {
  impl(explore_service& given, listen_address wanted)
      : service(given),
        address(std::move(wanted)),
        server([this](const http_request& request) { return answer(request); }, refused, default_header) {}

  http_answer answer(const http_request& request);
  bool is_own_name(const std::string& host) const;
  bool is_own_origin(const std::string& origin, const std::string& host) const;
  std::optional<http_answer> refusal(const http_request& request) const;
  bool is_proxy(const std::string& name) const {
    return std::ranges::find(address.proxies, name) != address.proxies.end();
  }
  http_answer page(const std::string& path) const;
  http_answer results(const http_request& request);
  http_answer train(const http_request& request);

  explore_service& service;
  listen_address address;
  std::string token = new_token();
  web_assets assets = bundled_assets();
  std::string first_page = page_of(token);
  std::set<std::string> hosts = {};  // names of this server, without a port
  http_server server;
};

http_answer explore_server::impl::answer(const http_request& request) {
  return answering([&] {
    if (const auto no = refusal(request)) return *no;
    const std::string& path = request.path;
    if (request.method == "POST") {
      if (path == "/api/trace") return json_answer(service.trace(object_of(request)));
      if (path == "/api/train") return train(request);
    } else {
      if (path == "/api/plugins") return json_answer(service.catalog());
      if (path == "/api/results") return results(request);
      return page(path);
    }
    return refused(404, "there is nothing of that name here");
  });
}

/// The port is not looked at: behind a tunnel it is another one (`ssh -L 9000:localhost:PORT`). No other
/// site's name can be made to point here all the same, and a page at another port is of another origin.
bool explore_server::impl::is_own_name(const std::string& host) const {
  const std::string name = name_in(host);
  if (is_proxy(name)) return true;
  return hosts.contains(name) && (name.size() < host.size() || address.port == 80);
}

/// A proxy may pass its own name on or not, and speak https with the browser.
bool explore_server::impl::is_own_origin(const std::string& origin, const std::string& host) const {
  if (origin == "http://" + host) return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme) && is_proxy(name_in(origin.substr(scheme.size())))) return true;
  }
  return false;
}

/// Who asks, before what is asked.
std::optional<http_answer> explore_server::impl::refusal(const http_request& request) const {
  const std::string host = request.field("host");
  if (!is_own_name(host)) {
    return refused(403,
                   "this server answers only to the address that it printed when it started; behind a "
                   "proxy, --proxy-name names it");
  }
  if (request.header.contains("origin")) {
    if (!is_own_origin(request.field("origin"), host)) {
      return refused(403, "pages of other origins get nothing here; behind a proxy, --proxy-name names it");
    }
  }
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  if (request.method != "POST") return refused(405, "only GET and POST are known here");
  if (request.field("x-ravine-token") != token) {
    return refused(403, "the token is missing or old: load the page again");
  }
  if (!request.field("content-type").starts_with("application/json")) {
    return refused(415, "expected Content-Type: application/json");
  }
  return std::nullopt;
}

http_answer explore_server::impl::page(const std::string& path) const {
  if (path == "/") return {.type = html_type, .body = "", .page = first_page};
  if (path == "/plots.js") return {.type = script_type, .body = "", .page = assets.plots};
  if (path == "/explore.js") return {.type = script_type, .body = "", .page = assets.explore};
  if (path == "/style.css") return {.type = style_type, .body = "", .page = assets.style};
  return refused(404, "there is nothing of that name here");
}

http_answer explore_server::impl::results(const http_request& request) {
  if (!service.has_results()) return json_answer("null");
  const auto shown = service.results();
  const std::string version = fmt::format("\"{:x}\"", std::hash<std::string>{}(shown->version));
  http_answer answer;
  if (request.field("if-none-match") == version) {
    answer.status = 304;
  } else {
    answer = json_answer(shown->document);
  }
  answer.etag = version;
  return answer;
}

/// Server-sent events until the training ends; when the page goes away, so does the training.
http_answer explore_server::impl::train(const http_request& request) {
  auto running = std::make_shared<explore_service::training>(service, object_of(request));
  return {.type = "text/event-stream", .body = "", .stream = [running](event_stream& page) {
            constexpr double patience = 0.25;  // seconds between two looks at whether anyone listens
            using reading = explore_service::training::reading;
            for (std::string event;;) {
              const reading found = running->next(event, patience);
              if (found == reading::ended) return;
              if (!page.put(found == reading::event ? "data: " + event + "\n\n" : ":\n\n")) return;
            }
          }};
}

explore_server::explore_server(explore_service& service, const listen_address& wanted)
    : impl_(std::make_unique<impl>(service, wanted)) {}

explore_server::~explore_server() = default;

void explore_server::bind() {
  listen_address& at = impl_->address;
  try {
    at.port = impl_->server.bind(at.host, at.port);
  } catch (const std::exception& problem) {
    throw error(fmt::format(
        "{} can't be listened on ({}): is it an address of this machine, and the port not taken? --port 0 "
        "takes any free one",
        at.host, problem.what()));
  }
  for (const std::string& name : {at.host, std::string("localhost"), std::string("127.0.0.1")}) {
    impl_->hosts.insert(name);
    impl_->hosts.insert(fmt::format("[{}]", name));
  }
}

std::string explore_server::url() const {
  const listen_address& at = impl_->address;
  const bool is_ipv6 = at.host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}/", is_ipv6 ? "[" + at.host + "]" : at.host, at.port);
}

void explore_server::serve() { impl_->server.serve(); }

void explore_server::stop() {
  impl_->server.stop();
  impl_->service.stop();
}

}  // namespace ravine::cli
