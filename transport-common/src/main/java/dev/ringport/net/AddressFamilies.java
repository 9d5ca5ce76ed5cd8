// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

/**
 * The numbers of the address families on one system.
 *
 * @param inet {@code AF_INET}, 2 everywhere
 * @param inet6 {@code AF_INET6}: 10 on Linux, 23 on Windows
 */
public record AddressFamilies(int inet, int inet6) {}
