// Of this test, known nowhere else.
export const credentials = {accessKeyId: 'TESTKEYOFNOACCOUNT00', secretAccessKey: 'a secret of this test alone'};
