// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

/**
 * An operation that the system has begun, and of which the program waits for a packet.
 *
 * @param toldPending whether the program knows no more than that it is under way: then its packet may come at any time
 * @param receivesStream whether a close would reset the connection
 */
record Begun(long socket, boolean toldPending, boolean receivesStream) {}
