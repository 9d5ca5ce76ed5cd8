// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.SystemLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Which Windows this is, whatever a compatibility mode or the JVM says: the JVM tells no build, and features come with
 * builds.
 *
 * @param major 10 also for Windows 11 and the servers since 2016
 * @param minor 0 since Windows 10
 * @param build such as 20348 for Server 2022
 * @param wine whether this is Wine
 */
public record WindowsVersion(int major, int minor, int build, boolean wine) {
    private static final int FLOOR = 10;

    /**
     * Asks the system.
     *
     * @throws UnsatisfiedLinkError if this is not Windows
     * @throws IllegalCallerException if native access is denied; the message names the flag to pass
     */
    public static WindowsVersion ofThisSystem() {
        SystemLibrary ntdll = SystemLibrary.load("ntdll");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(Osversioninfoexw.LAYOUT);
            Osversioninfoexw.dwOSVersionInfoSize(version, 0, (int) Osversioninfoexw.BYTES);
            int status = (int) ntdll.bind("RtlGetVersion", "IJ", ErrorState.NONE).invokeExact(version.address());
            if (status != 0) {
                throw new UnsatisfiedLinkError("RtlGetVersion answered 0x" + Integer.toHexString(status));
            }
            return new WindowsVersion(
                    Osversioninfoexw.dwMajorVersion(version, 0), Osversioninfoexw.dwMinorVersion(version, 0),
                    Osversioninfoexw.dwBuildNumber(version, 0), isWine(ntdll));
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    private static boolean isWine(SystemLibrary ntdll) {
        try {
            ntdll.bind("wine_get_version", "J", ErrorState.NONE);
            return true;
        } catch (UnsatisfiedLinkError windows) {
            return false;
        }
    }

    /** Whether this is an edition for clients; they limit some services. A system that does not tell counts as one. */
    public static boolean isClient(Ntdll ntdll) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(Osversioninfoexw.LAYOUT);
            Osversioninfoexw.dwOSVersionInfoSize(version, 0, (int) Osversioninfoexw.BYTES);
            return ntdll.rtlGetVersion(version.address()) != 0
                    || Osversioninfoexw.wProductType(version, 0) == WinsockConstants.VER_NT_WORKSTATION;
        }
    }

    /** Whether the transport's floor is met: Windows 10 or Server 2016. */
    public boolean meetsFloor() {
        return major >= FLOOR;
    }

    /** Whether this is at least a build of Windows 10, such as 16299 for 1709. */
    public boolean isAtLeast(int ofBuild) {
        return major > FLOOR || (major == FLOOR && build >= ofBuild);
    }

    /** Such as {@code Windows 10.0.20348}. */
    @Override
    public String toString() {
        return "Windows " + major + "." + minor + "." + build + (wine ? " under Wine" : "");
    }
}
