// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** A program of somebody else's. */
module consumer {
    requires dev.ringport.common;
}
