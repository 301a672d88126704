import { describe, expect } from 'vitest';
import { powerShellFunctions, runPowerShell, testWithPowerShell } from '../bootstrap/run-powershell.ts';

const AWS = 'Amazon.com Services LLC';

/** Subjects of code-signing certificates, as a certificate authority might have signed them. */
const SUBJECTS: readonly (readonly [subject: string, isAmazon: boolean])[] = [
  [`CN=${AWS}, OU=Software Services, O=${AWS}, L=Seattle, S=Washington, C=US`, true],
  [`C=US, S=Washington, O="${AWS}", CN="${AWS}"`, true],
  [`CN="x, O=${AWS}", O=Evil`, false],
  [`CN="x, O=${AWS}, y", O=Evil`, false],
  [`CN="${AWS}, O=${AWS}", O=Evil`, false],
  [`OU="O=${AWS}, CN=${AWS}", O=Evil, CN=Evil`, false],
  [`CN=Evil, O=${AWS}`, false],
  [`CN=${AWS}, O=Evil`, false],
  [`CN=${AWS}, OU=${AWS}`, false],
  [`CN=${AWS}, O=${AWS}, O=Evil`, false],
  [`CN=${AWS}, CN=Evil, O=${AWS}`, false],
  [`CN=${AWS}, O="${AWS} "`, false],
  [`CN=${AWS}, O="${AWS}, Inc."`, false],
  [`CN=${AWS}, O=Not ${AWS}`, false],
  [`CN=${AWS}, O=${AWS.toLowerCase()}`, false],
  [`CN=${AWS}, O="${AWS.replace('m', '\u043c')}"`, false],
  [`CN=${AWS}, O="Evil\n${AWS}"`, false],
  ['C=US', false],
];

const FUNCTIONS = ['Read-Der', 'Get-NameValues', 'Test-AmazonSubject'];

describe('the signer of ssm-setup-cli.exe', () => {
  testWithPowerShell('is Amazon by its own attributes, and by nothing that stands in another', async () => {
    const source = `${await powerShellFunctions('bootstrap.ps1', FUNCTIONS)}
      ConvertTo-Json @($given | ForEach-Object {
        Test-AmazonSubject ([Security.Cryptography.X509Certificates.X500DistinguishedName]::new($_)).RawData
      })`;

    const verdicts = await runPowerShell(
      source,
      SUBJECTS.map(([subject]) => subject),
    );

    expect(SUBJECTS.map(([subject], index) => [subject, Array.isArray(verdicts) && verdicts[index]])).toEqual(
      SUBJECTS,
    );
  });

  testWithPowerShell('is nobody when its name is cut short or lies about its lengths', async () => {
    const source = `${await powerShellFunctions('bootstrap.ps1', FUNCTIONS)}
      $whole = ([Security.Cryptography.X509Certificates.X500DistinguishedName]::new($given)).RawData
      $taken = for ($end = 0; $end -lt $whole.Length; $end++) {
        $cut = [byte[]]@($whole | Select-Object -First $end)
        try { if (Test-AmazonSubject $cut) { "cut at $end" } } catch { }
      }
      $longer = [byte[]]$whole.Clone(); $longer[1] = 255
      try { if (Test-AmazonSubject $longer) { $taken += 'longer' } } catch { }
      ConvertTo-Json @{ whole = (Test-AmazonSubject $whole); taken = @($taken) }`;

    const verdict = await runPowerShell(source, `CN=${AWS}, O=${AWS}`);

    expect(verdict).toEqual({ whole: true, taken: [] });
  });
});
