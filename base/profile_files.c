/* Writes a profile: speedscope's evented format and collapsed stacks. Names are our own string literals. */
#include <marq/profile.h>

#include "profile.h"
#include <base/error.h>
#include <base/file.h>
#include <base/memory.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The distinct names of all lanes: speedscope's frames. */
typedef struct frame_table {
    const char **names;
    size_t count;
} frame_table;

static size_t frame_of(frame_table *frames, const char *name) {
    for (size_t i = 0; i < frames->count; i++)
        if (strcmp(frames->names[i], name) == 0) return i;
    frames->names[frames->count] = name;
    return frames->count++;
}

static int collect_frames(const marq_profile *profile, frame_table *frames) {
    frames->names = marq_alloc(profile->lane_count * PROFILE_NODES, sizeof *frames->names);
    if (!frames->names) return 0;
    for (size_t l = 0; l < profile->lane_count; l++)
        for (size_t i = 1; i < profile->lanes[l].node_count; i++)
            frame_of(frames, profile->lanes[l].nodes[i].name);
    return 1;
}

/* Scopes that are still open end with the lane's last event. */
static void add_closings(marq_text *text, const profile_lane *lane, uint64_t end, frame_table *frames) {
    for (size_t i = lane->depth; i-- > 0;)
        if (lane->stack[i].recorded)
            marq_text_add(text, ",\n{\"type\":\"C\",\"frame\":%zu,\"at\":%" PRIu64 "}",
                          frame_of(frames, lane->nodes[lane->stack[i].node].name), end);
}

static void add_lane(marq_text *text, const marq_profile *profile, size_t number, frame_table *frames) {
    const profile_lane *lane = &profile->lanes[number];
    uint64_t end = lane->event_count ? lane->events[lane->event_count - 1].at - profile->start : 0;
    marq_text_add(text,
                  "{\"type\":\"evented\",\"name\":\"thread %zu\",\"unit\":\"nanoseconds\",\"startValue\":0,",
                  number);
    marq_text_add(text, "\"endValue\":%" PRIu64 ",\"events\":[", end);
    for (size_t i = 0; i < lane->event_count; i++) {
        const profile_event *event = &lane->events[i];
        marq_text_add(text, "%s\n{\"type\":\"%c\",\"frame\":%zu,\"at\":%" PRIu64 "}", i ? "," : "",
                      event->opens ? 'O' : 'C', frame_of(frames, lane->nodes[event->node].name),
                      event->at - profile->start);
    }
    add_closings(text, lane, end, frames);
    marq_text_add(text, "]}");
}

static void add_document(marq_text *text, const marq_profile *profile, frame_table *frames) {
    marq_text_add(text,
                  "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\n\"name\":\"marq\","
                  "\"exporter\":\"marq\",\"activeProfileIndex\":0,\n\"shared\":{\"frames\":[");
    for (size_t i = 0; i < frames->count; i++)
        marq_text_add(text, "%s{\"name\":\"%s\"}", i ? "," : "", frames->names[i]);
    marq_text_add(text, "]},\n\"profiles\":[");
    for (size_t l = 0, written = 0; l < profile->lane_count; l++) {
        if (profile->lanes[l].event_count == 0 && l > 0) continue;
        if (written++) marq_text_add(text, ",\n");
        add_lane(text, profile, l, frames);
    }
    marq_text_add(text, "]}\n");
}

marq_status marq_profile_write_speedscope(const marq_profile *profile, const char *path, marq_error *error) {
    frame_table frames = {0};
    if (!collect_frames(profile, &frames)) return marq_fail_memory(error, "the profile");
    marq_text text = {0};
    add_document(&text, profile, &frames);
    marq_status status = marq_file_write(path, &text, error);
    marq_text_clear(&text);
    free(frames.names);
    return status;
}

static void add_stack(marq_text *text, const profile_lane *lane, size_t node) {
    if (lane->nodes[node].parent != 0) {
        add_stack(text, lane, lane->nodes[node].parent);
        marq_text_add(text, ";");
    }
    marq_text_add(text, "%s", lane->nodes[node].name);
}

marq_status marq_profile_write_folded(const marq_profile *profile, const char *path, marq_error *error) {
    marq_text text = {0};
    for (size_t l = 0; l < profile->lane_count; l++) {
        const profile_lane *lane = &profile->lanes[l];
        for (size_t i = 1; i < lane->node_count; i++) {
            const profile_node *node = &lane->nodes[i];
            if (node->count == 0) continue;
            marq_text_add(&text, "thread %zu;", l);
            add_stack(&text, lane, i);
            marq_text_add(&text, " %" PRIu64 "\n", profile_self(node) / 1000);
        }
    }
    marq_status status = marq_file_write(path, &text, error);
    marq_text_clear(&text);
    return status;
}
