# Whether a report of abidiff --leaf-changes-only speaks of fields at the ends of growable structs, in multiples of
# 8 bytes, and of nothing else: exit status 0. A frozen struct is not in the list.
BEGIN {
  growable = "^'struct rv_(host|plugin|component|param_info|config|tensor|layout|state_array|closure|step|optimizer|progress|scheduler|data_spec|batch|model|landscape)' changed:$"
  size = -1
}
/^$/ || /^Leaf changes summary/ || /^Changed leaf types summary/ { next }
/^Removed\/Changed\/Added/ && /: 0 Removed, 0 Changed, 0 Added/ { next }
$0 ~ growable { size = -1; next }
/^  type size changed from [0-9]+ to [0-9]+ \(in bits\)$/ && ($7 - $5) % 64 == 0 { size = $5; next }
/^  [0-9]+ data member insertions?:$/ && size > 0 { next }
/^    '.*', at offset [0-9]+ \(in bits\)$/ && size > 0 && $(NF - 2) >= size { next }
{ refused = 1; exit }
END { exit refused }
