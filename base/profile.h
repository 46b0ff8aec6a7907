/* Inside of a profile, shared by its recorder and its writers. */
#ifndef MARQ_BASE_PROFILE_INSIDE_H
#define MARQ_BASE_PROFILE_INSIDE_H

#include <stddef.h>
#include <stdint.h>

enum { PROFILE_NODES = 512, PROFILE_DEPTH = 64 };

/* One place in the call tree of a lane. Node 0 is the root: no name, depth 0. */
typedef struct profile_node {
    const char *name;
    size_t parent, child, sibling; /* indices; 0 is none, except for parent */
    uint64_t count, total, children, last;
    uint64_t ended; /* when the last time ended, ns */
} profile_node;

/* Time outside of inner scopes. While a scope is open its inner ones may have more than itself. */
static inline uint64_t profile_self(const profile_node *node) {
    return node->total > node->children ? node->total - node->children : 0;
}

typedef struct profile_event {
    uint64_t at; /* ns, monotonic clock */
    size_t node;
    int opens;
} profile_event;

typedef struct profile_open {
    size_t node;
    uint64_t since;
    int recorded;
} profile_open;

typedef struct profile_lane {
    profile_node *nodes;
    size_t node_count;
    profile_event *events;
    size_t event_count, event_capacity;
    size_t recorded_depth;
    profile_open stack[PROFILE_DEPTH];
    size_t depth;
} profile_lane;

struct marq_profile {
    uint64_t start;
    profile_lane *lanes;
    size_t lane_count;
};

#endif
