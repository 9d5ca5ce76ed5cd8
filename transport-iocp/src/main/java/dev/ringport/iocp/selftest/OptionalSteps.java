// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.FileCompletionInformation;
import dev.ringport.iocp.abi.IoStatusBlock;
import dev.ringport.iocp.abi.Osversioninfoexw;
import dev.ringport.iocp.abi.QosVersion;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WinsockConstants;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import static dev.ringport.iocp.abi.WinsockConstants.FileReplaceCompletionInformation;

/** What a Windows may lack: moving sockets between ports, and marking traffic. */
final class OptionalSteps {
    private static final int DSCP = 8;

    private final Bench bench;
    private final PacketPort port;

    OptionalSteps(Bench bench, PacketPort port) {
        this.bench = bench;
        this.port = port;
    }

    void run() {
        bench.optional("RtlGetVersion", this::version);
        bench.optional("NtSetInformationFile", this::move);
        bench.optional("QOSCreateHandle, QOSAddSocketToFlow, QOSSetFlow, QOSCloseHandle", () -> mark(bench));
    }

    private String version() throws IOException {
        MemorySegment version = bench.arena.allocate(Osversioninfoexw.LAYOUT);
        Osversioninfoexw.dwOSVersionInfoSize(version, 0, (int) Osversioninfoexw.BYTES);
        int result = bench.ntdll().rtlGetVersion(version.address());
        Bench.expect(result == 0, "RtlGetVersion answered 0x" + Integer.toHexString(result));
        return Osversioninfoexw.dwMajorVersion(version, 0) + "." + Osversioninfoexw.dwMinorVersion(version, 0) + "."
                + Osversioninfoexw.dwBuildNumber(version, 0);
    }

    private String move() throws IOException {
        long second = bench.kernel32().createIoCompletionPort(bench.capture, WindowsCalls.INVALID, 0, 0, 1);
        Bench.check("CreateIoCompletionPort", (int) Math.min(second, 0));
        try {
            long socket = bench.socket(true);
            port.associate(socket);
            MemorySegment status = bench.arena.allocate(IoStatusBlock.LAYOUT);
            MemorySegment information = bench.arena.allocate(FileCompletionInformation.LAYOUT);
            FileCompletionInformation.port(information, 0, second);
            int result = bench.ntdll().ntSetInformationFile(
                    socket, status.address(), information.address(), (int) FileCompletionInformation.BYTES,
                    FileReplaceCompletionInformation);
            bench.close(socket);
            Bench.expect(result == 0, "NtSetInformationFile answered 0x" + Integer.toHexString(result));
            return "";
        } finally {
            Bench.check("CloseHandle", bench.calls.kernel32().closeHandle(bench.capture, second));
        }
    }

    /** Marks a flow of a socket's to itself, and answers what the mark is. */
    static String mark(Bench bench) throws IOException {
        MemorySegment version = bench.arena.allocate(QosVersion.LAYOUT);
        QosVersion.majorVersion(version, 0, 1);
        MemorySegment handle = bench.arena.allocate(ValueLayout.JAVA_LONG);
        Bench.check(
                "QOSCreateHandle", bench.qwave().qosCreateHandle(bench.capture, version.address(), handle.address()));
        long quality = handle.get(ValueLayout.JAVA_LONG, 0);
        try {
            return mark(bench, quality);
        } finally {
            Bench.check("QOSCloseHandle", bench.calls.qwave().qosCloseHandle(bench.capture, quality));
        }
    }

    private static String mark(Bench bench, long quality) throws IOException {
        long socket = bench.socket(false);
        MemorySegment peer = bench.name(bench.bind(socket));
        MemorySegment flow = bench.number(0);
        Bench.check(
                "QOSAddSocketToFlow",
                bench.qwave().qosAddSocketToFlow(
                        bench.capture, quality, socket, peer.address(), WinsockConstants.QOSTrafficTypeBestEffort,
                        WinsockConstants.QOS_NON_ADAPTIVE_FLOW, flow.address()));
        Bench.check(
                "QOSSetFlow",
                bench.qwave().qosSetFlow(
                        bench.capture, quality, Bench.value(flow), WinsockConstants.QOSSetOutgoingDSCPValue,
                        Integer.BYTES, bench.number(DSCP).address(), 0, 0));
        bench.close(socket);
        return "DSCP " + DSCP;
    }
}
