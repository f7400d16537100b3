#pragma once

#include <map>
#include <set>
#include <string>

namespace ravine {

/// What has become of parts on each node, and which nodes get none any more: those that lose everything at
/// once would take part after part. An empty name is no node.
class node_record {
 public:
  static constexpr unsigned most_losses = 3;  ///< of a node on which no part has completed

  /// A part has completed there.
  void note_sound(const std::string& node);
  /// A part was lost there. Answers whether the node is left out from now on, and was not before: only where
  /// another one has completed something, since the fault may else be the job's, and there may be no other.
  bool blame(const std::string& node);
  void leave_out(const std::string& node) { left_out_.insert(node); }
  const std::set<std::string>& left_out() const { return left_out_; }

 private:
  std::map<std::string, unsigned> losses_;  // since a part last completed there
  std::set<std::string> sound_, left_out_;
};

}  // namespace ravine
