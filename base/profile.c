/* Profile scopes. Each lane (thread) owns a call tree with totals and a bounded list of events; a scope
 * touches only its own lane, so there is no lock. Time of a node: total (inclusive); self = total − Σ
 * children. */
#include <marq/profile.h>

#include "profile.h"
#include <base/clock.h>
#include <base/memory.h>
#include <base/scope.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static void free_lane(profile_lane *lane) {
    free(lane->nodes);
    free(lane->events);
}

/* A lane's memory is its own allocation, so that two threads never share a cache line. */
static int create_lane(profile_lane *lane, size_t events) {
    lane->nodes = marq_alloc(PROFILE_NODES, sizeof *lane->nodes);
    lane->events = marq_alloc(events, sizeof *lane->events);
    lane->event_capacity = events;
    lane->node_count = 1; /* the root */
    return lane->nodes && lane->events;
}

marq_profile *marq_profile_create(size_t lanes, size_t events) {
    if (lanes < 1 || lanes > 1024) return NULL;
    if (events < PROFILE_DEPTH) events = PROFILE_DEPTH;
    marq_profile *profile = marq_alloc(1, sizeof *profile);
    if (!profile) return NULL;
    profile->start = marq_clock_ns();
    profile->lanes = marq_alloc(lanes, sizeof *profile->lanes);
    int complete = profile->lanes != NULL;
    for (size_t i = 0; complete && i < lanes; i++) {
        profile->lane_count = i + 1;
        complete = create_lane(&profile->lanes[i], events);
    }
    if (complete) return profile;
    marq_profile_destroy(profile);
    return NULL;
}

void marq_profile_destroy(marq_profile *profile) {
    if (!profile) return;
    for (size_t i = 0; i < profile->lane_count; i++) free_lane(&profile->lanes[i]);
    free(profile->lanes);
    free(profile);
}

/* The child of parent with this name, made if needed; PROFILE_NODES when the tree is full. */
static size_t find_child(profile_lane *lane, size_t parent, const char *name) {
    for (size_t i = lane->nodes[parent].child; i != 0; i = lane->nodes[i].sibling)
        if (lane->nodes[i].name == name || strcmp(lane->nodes[i].name, name) == 0) return i;
    if (lane->node_count == PROFILE_NODES) return PROFILE_NODES;
    size_t made = lane->node_count++;
    lane->nodes[made] = (profile_node){.name = name, .parent = parent, .sibling = lane->nodes[parent].child};
    lane->nodes[parent].child = made;
    return made;
}

/* An opening is recorded only if all open scopes, with this one, can still be closed. */
static int record_opening(profile_lane *lane, size_t node, uint64_t now) {
    if (lane->event_count + lane->recorded_depth + 2 > lane->event_capacity) return 0;
    lane->events[lane->event_count++] = (profile_event){now, node, 1};
    lane->recorded_depth++;
    return 1;
}

void marq_scope_enter(marq_scope *scope, const char *name) {
    marq_profile *profile = scope->profile;
    size_t number = (size_t)omp_get_thread_num();
    profile_lane *lane = number < profile->lane_count ? &profile->lanes[number] : NULL;
    if (!lane || lane->depth == PROFILE_DEPTH) {
        scope->profile = NULL;
        return;
    }
    size_t parent = lane->depth ? lane->stack[lane->depth - 1].node : 0;
    size_t node = find_child(lane, parent, name);
    if (node == PROFILE_NODES) {
        scope->profile = NULL;
        return;
    }
    scope->lane = number;
    uint64_t now = marq_clock_ns();
    lane->stack[lane->depth++] = (profile_open){node, now, record_opening(lane, node, now)};
}

void marq_scope_leave(marq_scope *scope) {
    profile_lane *lane = &scope->profile->lanes[scope->lane];
    profile_open open = lane->stack[--lane->depth];
    uint64_t now = marq_clock_ns();
    profile_node *node = &lane->nodes[open.node];
    node->count++;
    node->last = now - open.since;
    node->ended = now;
    node->total += node->last;
    lane->nodes[node->parent].children += node->last;
    if (!open.recorded) return;
    lane->recorded_depth--;
    lane->events[lane->event_count++] = (profile_event){now, open.node, 0};
}

static marq_phase *find_phase(marq_phase *phases, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(phases[i].name, name) == 0) return &phases[i];
    return NULL;
}

/* A phase within a phase of the same name would count its time twice. */
static int inside_itself(const profile_lane *lane, const profile_node *node) {
    for (size_t i = node->parent; i != 0; i = lane->nodes[i].parent)
        if (strcmp(lane->nodes[i].name, node->name) == 0) return 1;
    return 0;
}

static void add_node(const profile_lane *lane, const profile_node *node, marq_phase *phase) {
    phase->count += node->count;
    phase->self_ns += profile_self(node);
    if (!inside_itself(lane, node)) phase->total_ns += node->total;
}

/* No node before this one has its name. */
static int appears_first(const marq_profile *profile, size_t l, size_t i) {
    const char *name = profile->lanes[l].nodes[i].name;
    for (size_t k = 0; k <= l; k++) {
        const profile_lane *lane = &profile->lanes[k];
        for (size_t j = 1; j < (k == l ? i : lane->node_count); j++)
            if (strcmp(lane->nodes[j].name, name) == 0) return 0;
    }
    return 1;
}

/* A phase may be several nodes: the last time is that of the node that ended last. */
static void set_last(const marq_profile *profile, marq_phase *phase) {
    uint64_t ended = 0;
    for (size_t l = 0; l < profile->lane_count; l++) {
        const profile_lane *lane = &profile->lanes[l];
        for (size_t i = 1; i < lane->node_count; i++) {
            const profile_node *node = &lane->nodes[i];
            if (node->ended < ended || strcmp(node->name, phase->name) != 0) continue;
            ended = node->ended;
            phase->last_ns = node->last;
        }
    }
}

size_t marq_profile_phases(const marq_profile *profile, marq_phase *phases, size_t capacity) {
    size_t count = 0, written = 0;
    for (size_t l = 0; l < profile->lane_count; l++) {
        const profile_lane *lane = &profile->lanes[l];
        for (size_t i = 1; i < lane->node_count; i++) {
            const profile_node *node = &lane->nodes[i];
            marq_phase *phase = find_phase(phases, written, node->name);
            int first = !phase && appears_first(profile, l, i);
            count += (size_t)first;
            if (first && written < capacity) {
                phase = &phases[written++];
                *phase = (marq_phase){.name = node->name};
            }
            if (phase) add_node(lane, node, phase);
        }
    }
    for (size_t i = 0; i < written; i++) set_last(profile, &phases[i]);
    return count;
}
