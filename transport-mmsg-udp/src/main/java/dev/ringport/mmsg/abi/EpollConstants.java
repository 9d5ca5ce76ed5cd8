// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

/** Constants of epoll's and the timers' headers, under the headers' names. */
public final class EpollConstants {
    /** Adds a descriptor. */
    public static final int EPOLL_CTL_ADD = 1;
    /** Removes a descriptor. */
    public static final int EPOLL_CTL_DEL = 2;
    /** Changes what a descriptor is watched for. */
    public static final int EPOLL_CTL_MOD = 3;
    /** Child processes do not inherit the descriptor. */
    public static final int EPOLL_CLOEXEC = 0x80000;
    /** There is something to read. */
    public static final int EPOLLIN = 0x1;
    /** The socket takes data. */
    public static final int EPOLLOUT = 0x4;
    /** An error is pending; told whether it was asked for or not. */
    public static final int EPOLLERR = 0x8;
    /** Both directions are shut down; told whether it was asked for or not. */
    public static final int EPOLLHUP = 0x10;
    /** Told once, then no more until the descriptor is changed. */
    public static final int EPOLLONESHOT = 1 << 30;
    /** Told when it comes to be, not as long as it is. */
    public static final int EPOLLET = 1 << 31;

    /** Time that only goes on. */
    public static final int CLOCK_MONOTONIC = 1;
    /** Reads do not block. */
    public static final int TFD_NONBLOCK = 0x800;
    /** Child processes do not inherit the descriptor. */
    public static final int TFD_CLOEXEC = 0x80000;

    private EpollConstants() {}
}
