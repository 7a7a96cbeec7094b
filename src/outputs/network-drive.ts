import { statfs } from 'node:fs/promises';

/** Linux's numbers of file systems that other machines may write to (statfs(2)). */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xfe534d42, // SMB 2
  0xff534d42, // CIFS
  0x01021997, // 9P: Windows' drives in WSL, folders of a virtual machine's host
  0x65735546, // FUSE: sshfs, rclone, object stores
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x5346414f, // AFS
  0x786f4256, // VirtualBox
  0xbacbacbc, // VMware
]);

/** Whether a folder is on a drive that other machines may write to without the system being told. Only Linux says; else false. */
export async function isNetworkDrive(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const { type } = await statfs(folder);
    return NETWORK_TYPES.has(Number(type) >>> 0);
  } catch {
    // Whoever reads the folder will say what is wrong with it.
    return false;
  }
}
