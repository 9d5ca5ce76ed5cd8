// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.loop;

import dev.ringport.uring.ring.Ring;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a loop's ring and its bounds.
 *
 * @param submissionEntries entries of the submission queue
 * @param completionEntries entries of the completion queue
 * @param receiveSlots the number of receive slots
 * @param shutdownTimeoutMillis how long the end waits for operations in flight
 * @param submissionFilter a test's look at entries before the kernel's
 * @param enterFilter a test's chance to refuse an enter
 */
public record LoopSizes(
        int submissionEntries, int completionEntries, int receiveSlots, int shutdownTimeoutMillis,
        Ring.@Nullable SubmissionFilter submissionFilter, Ring.@Nullable EnterFilter enterFilter) {}
