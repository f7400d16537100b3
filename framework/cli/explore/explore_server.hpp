#pragma once

#include "explore/explore_service.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ravine::cli {

/// Where the server listens.
struct listen_address {
  std::string host;
  int port = 0;                           ///< 0: any free one
  std::vector<std::string> proxies = {};  ///< names under which proxies show the page, without a port
};

/// Serves the explorer's pages and requests. Answers only to its own name (a Host header that is not the
/// address, localhost or a proxy's name, with any port, is refused, so that no other site's name can be made
/// to point here), gives nothing to pages of other origins, and asks for a token that only its own page has
/// before it runs anything.
class explore_server {
 public:
  explore_server(explore_service& service, const listen_address& wanted);
  ~explore_server();
  explore_server(const explore_server&) = delete;
  explore_server& operator=(const explore_server&) = delete;

  /// Takes the port. Throws ravine::error if it can't be had.
  void bind();
  std::string url() const;
  /// Serves until stop() is called from another thread.
  void serve();
  void stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace ravine::cli
