// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Rules that hold for every test with this module on its class path; nothing has to be declared. */
@NullMarked
package dev.ringport.testrules;

import org.jspecify.annotations.NullMarked;
