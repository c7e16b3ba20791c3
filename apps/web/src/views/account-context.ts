// The account that the views below belong to.
import type { Account } from '@parlance/chat/account';
import { createContext, useContext } from 'react';

export const AccountContext = createContext<Account | undefined>(undefined);

export const useAccount = (): Account => {
  const account = useContext(AccountContext);
  if (account === undefined) throw new Error('a view of an account stands outside of it');
  return account;
};
