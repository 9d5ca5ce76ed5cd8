// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

/**
 * How many receive slots a loop has.
 *
 * @param small slots of the usual size
 * @param smallBytes their payload in bytes
 * @param large slots of 64 KiB
 */
public record SlotSizes(int small, int smallBytes, int large) {}
