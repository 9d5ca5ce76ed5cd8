// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

/** What either transport counts, under the names that its own counters have. */
public enum LinuxCounter {
    RECEIVED, COALESCED, TRUNCATED, DROPPED, ERRORS_DROPPED, SENDS, SEGMENTED, SENDS_DELAYED, SEGMENTATION_REFUSED
}
