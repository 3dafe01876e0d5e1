export default function Page() {
  return <div class='page'><h1>profile</h1></div>;
}
