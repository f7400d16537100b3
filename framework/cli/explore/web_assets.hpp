#pragma once

#include <string>
#include <string_view>

namespace ravine::cli {

/// What framework/web was bundled to, embedded into this program.
struct web_assets {
  std::string_view plots;    ///< script: Plotly
  std::string_view report;   ///< script of the report
  std::string_view explore;  ///< script of the explorer
  std::string_view style;    ///< of both pages
};

/// Throws ravine::error that says what to do if this program was built without npm.
web_assets bundled_assets();

/// An HTML page that holds everything it needs: the data, packed by packed_text, and the report's script.
std::string report_page(const std::string& title, const std::string& packed_data);

}  // namespace ravine::cli
